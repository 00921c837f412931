import { parseArgs } from 'node:util'
import { questions } from './questions/all.ts'
import { saveRatios } from './suite/check.ts'
import { Progress } from './suite/progress.ts'
import type { Question } from './suite/question.ts'
import { describeRun, titleOf } from './suite/report.ts'
import { answer, type RunOptions } from './suite/runner.ts'
import { full, quick } from './suite/size.ts'
import { tableOf } from './suite/table.ts'
import { check } from './suite/verdict.ts'

const EX_USAGE = 64

const help = `Usage: npm run bench -- [options] [QUESTION...]

Measures weft-gateway beside a baseline, in turns. Without a question all are answered:

${questions.map(({ name, asks }) => `  ${name.padEnd(12)} ${asks}`).join('\n')}

Options
  --quick         all questions in less than two minutes on a quiet machine, with smaller numbers
  --json          print one JSON document instead of tables
  --check         with --quick: print what misses its goal; exit with 1 if a ratio is more than twice as bad as in
                  bench/ratios.json in every round, also when it is measured again
  --save-ratios   with --quick: write bench/ratios.json
  --help

docs/performance.md says how to read the tables.
`

class WrongUsage extends Error {}

try {
  await main()
} catch (error) {
  process.stderr.write(`bench: ${error instanceof WrongUsage ? error.message : (error as Error).stack}\n`)
  process.exitCode = error instanceof WrongUsage ? EX_USAGE : 1
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments()
  if (values.help) return void process.stdout.write(help)
  const picked = pick(positionals)
  if ((values.check || values['save-ratios']) && !values.quick) throw new WrongUsage('the ratios are those of --quick')
  const size = values.quick ? quick : full
  const run = describeRun(size)
  await using stack = new AsyncDisposableStack()
  endOnSignals(stack)
  const options = { size, stack, progress: new Progress(process.stderr) }
  if (values.check) return await report(picked, options)
  if (!values.json) process.stdout.write(titleOf(run))
  const answers = []
  for (const question of picked) {
    const answered = await answer(question, options)
    answers.push(answered)
    if (!values.json) process.stdout.write(`\n${tableOf(answered)}`)
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ run, answers }, null, 2)}\n`)
  if (values['save-ratios']) saveRatios({ run, answers })
}

function readArguments() {
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({
      allowPositionals: true,
      options: { quick: flag, json: flag, check: flag, 'save-ratios': flag, help: flag }
    })
  } catch (error) {
    throw new WrongUsage((error as Error).message)
  }
}

function pick(names: readonly string[]): readonly Question[] {
  if (names.length === 0) return questions
  return names.map(name => {
    const question = questions.find(question => question.name === name)
    if (question) return question
    throw new WrongUsage(`there is no question '${name}'; there are ${questions.map(({ name }) => name).join(', ')}`)
  })
}

async function report(picked: readonly Question[], options: RunOptions): Promise<void> {
  const { answers, warnings, faults } = await check(picked, options)
  process.stdout.write(`${titleOf(describeRun(options.size))}\n${answers.map(tableOf).join('\n')}\n`)
  for (const warning of warnings) process.stdout.write(`warning: ${warning}\n`)
  for (const fault of faults) process.stdout.write(`fault: ${fault}\n`)
  if (faults.length > 0) process.exitCode = 1
}

/** Leaves no process and no file behind. */
function endOnSignals(stack: AsyncDisposableStack): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await stack.disposeAsync()
      process.exit(130)
    })
  }
}
