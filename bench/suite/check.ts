import { readFileSync, writeFileSync } from 'node:fs'
import type { Measure } from './question.ts'
import type { Report, Run } from './report.ts'
import type { Answer } from './result.ts'
import { goalOf, numberOf } from './table.ts'

const file = new URL('../ratios.json', import.meta.url)

/** How many times worse than in the file a ratio has to be to count as a fault. */
const tolerance = 2

/** The ratios of a run, or the worse ones of several, by question and measure. */
interface Ratios {
  readonly runs: readonly Run[]
  readonly ratios: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** Writes the ratios that later runs are checked against. */
export function saveRatios({ run, answers }: Report): void {
  const ratios = answers.map(({ question, results }) => [
    question,
    Object.fromEntries(
      results.flatMap(({ measure, ratio }) =>
        ratio === undefined ? [] : [[measure.name, Number(ratio.toPrecision(3))]]
      )
    )
  ])
  writeFileSync(
    file,
    `${JSON.stringify({ runs: [run], ratios: Object.fromEntries(ratios) } satisfies Ratios, null, 2)}\n`
  )
}

export function readRatios(): Ratios {
  return JSON.parse(readFileSync(file, 'utf8')) as Ratios
}

/** A line for each goal that is missed. */
export function warningsOf({ question, results }: Answer): string[] {
  return results
    .filter(({ isMet }) => isMet === false)
    .map(({ measure, product, ratio }) => {
      const reached =
        measure.goal && 'ratio' in measure.goal ? `${numberOf(ratio ?? Number.NaN)} ×` : numberOf(product.median)
      return `${question}: ${measure.name}: ${reached}, the goal is ${goalOf(measure)}`
    })
}

/** A line for each ratio that is more than twice as bad as in the file, even in the best of the rounds. */
export function faultsOf({ question, results }: Answer, { ratios }: Pick<Ratios, 'ratios'>): string[] {
  return results.flatMap(({ measure, bestRatio }) => {
    const committed = ratios[question]?.[measure.name]
    if (committed === undefined || bestRatio === undefined || !isFarWorse(measure, bestRatio, committed)) return []
    return [
      `${question}: ${measure.name}: at best ${numberOf(bestRatio)} ×, ${numberOf(committed)} × in bench/ratios.json`
    ]
  })
}

function isFarWorse({ better }: Measure, ratio: number, committed: number): boolean {
  return better === 'lower' ? ratio > committed * tolerance : ratio < committed / tolerance
}
