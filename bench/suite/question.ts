import type { Size } from './size.ts'

/** One question that the suite can answer: what is measured, and what it is compared with. */
export interface Question {
  readonly name: string
  readonly asks: string
  readonly measures: readonly Measure[]
  /** How many rounds are enough, where the values hardly differ. */
  readonly maxRounds?: number
  /** Starts both sides, to be called in turns. The runner disposes of `stack` at the end. */
  prepare(size: Size, stack: AsyncDisposableStack): Promise<readonly Step[]>
}

export interface Measure {
  readonly name: string
  readonly unit: Unit
  /** What it is compared with; empty where nothing can be. */
  readonly baseline: string
  readonly better: 'lower' | 'higher'
  readonly goal?: Goal
}

export type Unit = 'ms' | '/s' | 'MB' | 'kB' | 'MB/s' | 'µs' | '×'

/** Of the ratio to the baseline, or of the value itself. At most this if lower is better, at least this if higher is. */
export type Goal = { readonly ratio: number } | { readonly value: number }

/** The values of one round by the names of the measures. Some are not measured in each size. */
export type Values = Readonly<Record<string, number>>

/** A part of a round: one side and then the other. */
export interface Step {
  readonly product: () => Promise<Values>
  readonly baseline: () => Promise<Values>
}
