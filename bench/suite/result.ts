import type { Goal, Measure, Question, Values } from './question.ts'
import { median, type Summary, summarise } from './statistics.ts'

export interface Answer {
  readonly question: string
  readonly asks: string
  readonly rounds: number
  readonly results: readonly Result[]
}

/** What came out of one measure. */
export interface Result {
  readonly measure: Measure
  readonly product: Summary
  readonly baseline: Summary | undefined
  /** The median of the rounds' ratios, product to baseline. */
  readonly ratio: number | undefined
  /** The most favourable of them: what else the machine does makes single rounds worse. */
  readonly bestRatio: number | undefined
  /** Undefined where the measure has no goal. */
  readonly isMet: boolean | undefined
}

export interface Round {
  readonly product: Values
  readonly baseline: Values
}

export function answerOf({ name, asks, measures }: Question, rounds: readonly Round[]): Answer {
  return {
    question: name,
    asks,
    rounds: rounds.length,
    results: measures.flatMap(measure => resultOf(measure, rounds))
  }
}

function resultOf(measure: Measure, rounds: readonly Round[]): Result | [] {
  const of = (side: keyof Round) => rounds.flatMap(round => round[side][measure.name] ?? [])
  const products = of('product')
  const baselines = of('baseline')
  if (products.length === 0) return []
  const ratios = rounds.flatMap(({ product, baseline }) => ratioOf(product[measure.name], baseline[measure.name]))
  const product = summarise(products)
  const ratio = ratios.length > 0 ? median(ratios) : undefined
  return {
    measure,
    product,
    baseline: baselines.length > 0 ? summarise(baselines) : undefined,
    ratio,
    bestRatio: bestOf(measure, ratios),
    isMet: isMet(measure, product.median, ratio)
  }
}

function bestOf({ better }: Measure, ratios: readonly number[]): number | undefined {
  if (ratios.length === 0) return undefined
  return better === 'lower' ? Math.min(...ratios) : Math.max(...ratios)
}

function ratioOf(product: number | undefined, baseline: number | undefined): readonly number[] {
  return product === undefined || baseline === undefined || baseline === 0 ? [] : [product / baseline]
}

function isMet({ goal, better }: Measure, value: number, ratio: number | undefined): boolean | undefined {
  if (!goal) return undefined
  const reached = 'ratio' in goal ? ratio : value
  if (reached === undefined) return undefined
  return better === 'lower' ? reached <= limitOf(goal) : reached >= limitOf(goal)
}

export function limitOf(goal: Goal): number {
  return 'ratio' in goal ? goal.ratio : goal.value
}
