import { faultsOf, readRatios, warningsOf } from './check.ts'
import type { Question } from './question.ts'
import type { Answer } from './result.ts'
import { answer, type RunOptions } from './runner.ts'

/** When a check asks no further question, in milliseconds: it must end before the time limit of its step in CI. */
const checkMs = 140_000

export interface Verdict {
  readonly answers: readonly Answer[]
  readonly warnings: readonly string[]
  readonly faults: readonly string[]
}

/** Answers questions and compares them with the committed ratios. One that is far worse is asked again before it counts. */
export async function check(questions: readonly Question[], options: RunOptions): Promise<Verdict> {
  const committed = readRatios()
  const end = performance.now() + checkMs
  const answers: Answer[] = []
  const warnings: string[] = []
  const faults: string[] = []
  for (const question of questions) {
    if (performance.now() > end) {
      warnings.push(`${question.name}: not asked, since the others took too long`)
      continue
    }
    const first = await answer(question, options)
    const suspicions = faultsOf(first, committed)
    if (suspicions.length > 0 && performance.now() > end) {
      warnings.push(...suspicions.map(line => `${line}; there was no time to measure again`))
    }
    const isRepeated = suspicions.length > 0 && performance.now() < end
    const answered = isRepeated ? await answer(question, options) : first
    answers.push(answered)
    warnings.push(...warningsOf(answered))
    if (isRepeated) faults.push(...faultsOf(answered, committed))
  }
  return { answers, warnings, faults }
}
