import type { Progress } from './progress.ts'
import type { Question, Step, Values } from './question.ts'
import { type Answer, answerOf, type Round } from './result.ts'
import type { Size } from './size.ts'

export interface RunOptions {
  readonly size: Size
  readonly progress: Progress
  /** Has what is running, so that it can be ended from outside. */
  readonly stack: AsyncDisposableStack
}

const minRounds = 3

/** Answers one question: both sides in turns, so that what else the machine does meets both. */
export async function answer(question: Question, { size, progress, stack: outer }: RunOptions): Promise<Answer> {
  const stack = outer.use(new AsyncDisposableStack())
  try {
    progress.report(`${question.name}: preparing`)
    const steps = await question.prepare(size, stack)
    const rounds: Round[] = []
    const most = Math.min(size.rounds, question.maxRounds ?? size.rounds)
    const end = performance.now() + size.budgetMs
    while (rounds.length < most && (rounds.length < minRounds || performance.now() < end)) {
      progress.report(`${question.name}: round ${rounds.length + 1} of at most ${most}`)
      rounds.push(await runRound(steps, rounds.length))
    }
    return answerOf(question, rounds)
  } finally {
    progress.clear()
    await stack.disposeAsync()
  }
}

/** Each side goes first in every other round. */
async function runRound(steps: readonly Step[], index: number): Promise<Round> {
  const round: Record<keyof Round, Values> = { product: {}, baseline: {} }
  const order = index % 2 === 0 ? (['product', 'baseline'] as const) : (['baseline', 'product'] as const)
  for (const step of steps) {
    for (const side of order) round[side] = { ...round[side], ...(await step[side]()) }
  }
  return round
}
