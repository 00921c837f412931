import { parseArgs } from 'node:util'
import { questions } from './questions/all.ts'
import { Progress } from './suite/progress.ts'
import type { Question } from './suite/question.ts'
import { describeRun, titleOf } from './suite/report.ts'
import type { Answer } from './suite/result.ts'
import { answer } from './suite/runner.ts'
import { full, quick } from './suite/size.ts'
import { tableOf } from './suite/table.ts'

const EX_USAGE = 64

const help = `Usage: npm run bench -- [options] [QUESTION...]

Measures weft-gateway beside a baseline, in turns. Without a question all are answered.

${questions.map(({ name, asks }) => `  ${name.padEnd(10)} ${asks}`).join('\n')}

Options
  --quick    all questions in less than two minutes on a quiet machine, with smaller numbers
  --json     print one JSON document instead of tables
  --help
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
  const size = values.quick ? quick : full
  const run = describeRun(size)
  const progress = new Progress(process.stderr)
  const answers: Answer[] = []
  await using stack = new AsyncDisposableStack()
  endOnSignals(stack)
  if (!values.json) process.stdout.write(titleOf(run))
  for (const question of picked) {
    const answered = await answer(question, { size, progress, stack })
    progress.clear()
    answers.push(answered)
    if (!values.json) process.stdout.write(`\n${tableOf(answered)}`)
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ run, answers }, null, 2)}\n`)
}

function readArguments() {
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({ allowPositionals: true, options: { quick: flag, json: flag, help: flag } })
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

/** Leaves no process and no file behind. */
function endOnSignals(stack: AsyncDisposableStack): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await stack.disposeAsync()
      process.exit(130)
    })
  }
}
