import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { promisify } from 'node:util'
import t from 'tap'
import { Launches } from '../bench/load/launches.ts'
import { questions } from '../bench/questions/all.ts'
import { startBareGateway } from '../bench/servers/baselines.ts'
import { makeProgram } from '../bench/servers/program.ts'
import { faultsOf, readRatios, warningsOf } from '../bench/suite/check.ts'
import { Progress } from '../bench/suite/progress.ts'
import type { Question } from '../bench/suite/question.ts'
import type { Report } from '../bench/suite/report.ts'
import { answer } from '../bench/suite/runner.ts'
import { quick } from '../bench/suite/size.ts'
import { tableOf } from '../bench/suite/table.ts'
import { commandOf, tryKill } from './gateway-process.ts'

const main = join(import.meta.dirname, '..', 'bench', 'main.ts')
// tap's loader in the environment would load TypeScript in its own way.
const bench = (...args: string[]) =>
  promisify(execFile)('env', ['-u', 'NODE_OPTIONS', process.execPath, main, ...args], { timeout: 120_000 })

t.setTimeout(300_000)

const planted: Question = {
  name: 'planted',
  asks: 'Is it compared?',
  measures: [
    { name: 'time', unit: 'ms', baseline: 'nothing', better: 'lower', goal: { ratio: 1.5 } },
    { name: 'rate', unit: '/s', baseline: 'nothing', better: 'higher', goal: { value: 100 } }
  ],
  async prepare() {
    const times = [4, 100, 6]
    const baselineTimes = [2, 50, 3]
    return [
      {
        product: async () => ({ time: times.shift() as number, rate: 99 }),
        baseline: async () => ({ time: baselineTimes.shift() as number })
      }
    ]
  }
}

t.test('a question is answered with the medians of its rounds and the median of their ratios', async t => {
  await using stack = new AsyncDisposableStack()
  const progress = new Progress(new PassThrough())
  const answered = await answer(planted, { size: { ...quick, rounds: 3 }, progress, stack })
  const [time, rate] = answered.results
  t.match(time, { product: { median: 6, min: 4, max: 100 }, baseline: { median: 3 }, ratio: 2, isMet: false })
  t.match(rate, { product: { median: 99 }, baseline: undefined, ratio: undefined, isMet: false })
  t.match(tableOf(answered), /time, ms +6 \(4–100\) +3 \(2–50\) +nothing +2 × +≤ 1\.5 × +MISSED/)
})

t.test(
  'a goal that is missed is a warning, and a ratio more than twice as bad as the committed one a fault',
  async t => {
    await using stack = new AsyncDisposableStack()
    const progress = new Progress(new PassThrough())
    const answered = await answer(planted, { size: { ...quick, rounds: 3 }, progress, stack })
    t.same(warningsOf(answered), ['planted: time: 2 ×, the goal is ≤ 1.5 ×', 'planted: rate: 99, the goal is ≥ 100 /s'])
    t.same(faultsOf(answered, { ratios: { planted: { time: 1 } } }), [])
    t.same(faultsOf(answered, { ratios: { planted: { time: 0.9 } } }), [
      'planted: time: at best 2 ×, 0.9 × in bench/ratios.json'
    ])
    t.same(faultsOf(answered, { ratios: {} }), [])
  }
)

t.test('the committed ratios are those of a quick run of all questions', async t => {
  const { runs, ratios } = readRatios()
  t.ok(runs.length > 0 && runs.every(({ size }) => size === 'quick'))
  t.same(
    Object.keys(ratios),
    questions.map(({ name }) => name)
  )
  for (const { name, measures } of questions) {
    const known = measures.map(measure => measure.name)
    t.same(
      Object.keys(ratios[name] ?? {}).filter(measure => !known.includes(measure)),
      [],
      name
    )
  }
})

t.test('the suite answers the questions that it is asked, as JSON', async t => {
  const { stdout, stderr } = await bench('--quick', '--json', 'start-up')
  const { run, answers } = JSON.parse(stdout) as Report
  t.equal(run.size, 'quick')
  t.same(
    answers.map(({ question }) => question),
    ['start-up']
  )
  t.ok((answers[0]?.results[0]?.product.median ?? 0) > 0)
  t.match(stderr, /^start-up$/m)
})

t.test('an unknown question is an error that names those there are', async t => {
  await t.rejects(bench('launch', 'nonsense'), {
    code: 64,
    stdout: '',
    stderr: /there is no question 'nonsense'; there are launch, .*start-up/
  })
  await t.rejects(bench('--check'), { code: 64, stderr: /those of --quick/ })
  await t.rejects(bench('--slow'), { code: 64, stderr: /--slow/ })
  t.match((await bench('--help')).stdout, /launch +How long/)
})

t.test('the bare gateway launches and stops a session, and leaves nothing', async t => {
  const stack = new AsyncDisposableStack()
  t.teardown(() => stack.disposeAsync())
  const program = makeProgram(stack)
  const server = await startBareGateway({ apps: { app: program.quiet } }, stack)
  const pids = server.pids
  t.equal(pids.length, 2)
  const launches = await Launches.open(server, { atATime: 2, stack })
  const sessions = await launches.launch(4, 'app')
  t.equal(sessions.length, 4)
  t.ok(sessions.every(({ answeredMs, readyMs }) => answeredMs > 0 && readyMs > 0))
  t.equal((await launches.stop(sessions.slice(1).map(({ id }) => id))).length, 3)
  const spawner = pids[1] as number
  t.teardown(() => tryKill(spawner))
  // One is still there: it ends with the gateway.
  await stack.disposeAsync()
  while (commandOf(spawner).includes('spawner')) await new Promise(resolve => setTimeout(resolve, 10))
  const name = program.quiet.at(-1) as string
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'args'])
  t.notMatch(stdout, new RegExp(`^${name}`, 'm'))
})
