import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Launches } from '../load/launches.ts'
import { startBareGateway } from '../servers/baselines.ts'
import { makeProgram, type Program } from '../servers/program.ts'
import type { ServerProcess } from '../servers/server-process.ts'
import { startWeftGateway } from '../servers/weft-gateway.ts'
import type { Question, Values } from '../suite/question.ts'
import { median } from '../suite/statistics.ts'

const drained = 'one session, output drained'
const floods = 10
const flooded = `beside ${floods} flooding sessions: POST to AppReady`
const endless = 1e15

export const logs: Question = {
  name: 'logs',
  asks: 'How fast is the output of apps drained, and do others wait for it?',
  measures: [
    { name: drained, unit: 'MB/s', better: 'higher', baseline: 'cat to a file', goal: { value: 200 } },
    { name: flooded, unit: 'ms', better: 'lower', baseline: 'bare gateway, keeps none' }
  ],
  async prepare(size, stack) {
    const program = makeProgram(stack)
    const bytes = size.pick({ quick: 24, full: 512 }) * 1_000_000
    const apps = { app: program.quiet, flood: program.flood(bytes), endless: program.flood(endless) }
    const product = await startWeftGateway({ apps }, stack)
    const baseline = await startBareGateway({ apps }, stack)
    const sides = { product: await open(product, stack), baseline: await open(baseline, stack) }
    const count = size.pick({ quick: 8, full: 100 })
    return [
      { product: () => drain(sides.product, bytes), baseline: () => cat(program, bytes) },
      {
        product: () => launchBesideFloods(sides.product, count),
        baseline: () => launchBesideFloods(sides.baseline, count)
      }
    ]
  }
}

const open = (server: ServerProcess, stack: AsyncDisposableStack) => Launches.open(server, { atATime: 1, stack })

/** From its first line to its end, which is reported when all its output is in the log. */
async function drain(launches: Launches, bytes: number): Promise<Values> {
  const [id = 0] = await launches.post(1, 'flood')
  const ready = await launches.ready(id)
  return { [drained]: bytes / 1_000 / ((await launches.stopped(id)) - ready) }
}

async function cat({ flood, folder }: Program, bytes: number): Promise<Values> {
  const start = performance.now()
  const script = 'file=$1; shift; "$@" | cat >"$file"; rm "$file"'
  await promisify(execFile)('/bin/sh', ['-c', script, 'sh', join(folder, 'cat'), ...flood(bytes)])
  return { [drained]: bytes / 1_000 / (performance.now() - start) }
}

async function launchBesideFloods(launches: Launches, count: number): Promise<Values> {
  const flooding = await launches.launch(floods, 'endless')
  const sessions = await launches.launch(count, 'app')
  await launches.stop([...flooding, ...sessions].map(({ id }) => id))
  return { [flooded]: median(sessions.map(({ readyMs }) => readyMs)) }
}
