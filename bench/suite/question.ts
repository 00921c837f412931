import type { Size } from './size.ts'

/** One question that the suite can answer: what is measured, and what it is compared with. */
export interface Question {
  readonly name: string
  readonly asks: string
  readonly measures: readonly Measure[]
  /** Starts both sides, to be called in turns. The runner disposes of `stack` at the end. */
  prepare(size: Size, stack: AsyncDisposableStack): Promise<readonly Step[]>
}

export interface Measure {
  readonly name: string
  readonly unit: Unit
  /** What stands in the column of the baseline. */
  readonly baseline: string
  readonly better: 'lower' | 'higher'
  readonly goal?: Goal
}

export type Unit = 'ms' | '/s' | 'MB' | 'kB' | 'MB/s' | 'µs' | '×'

/** Of the ratio to the baseline, or of the value itself. At most this if lower is better, at least this if higher is. */
export type Goal = { readonly ratio: number } | { readonly value: number }

/** The values of one round by the names of the measures. One that is missing was not measured in this round. */
export type Values = Readonly<Record<string, number>>

/** A part of a round: one side and then the other. */
export interface Step {
  readonly product: () => Promise<Values>
  readonly baseline: () => Promise<Values>
}
