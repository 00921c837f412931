/** How much is done: `quick` answers all questions within two minutes on a quiet machine. */
export interface Size {
  readonly name: 'quick' | 'full'
  readonly rounds: number
  /** No further round of a question begins after this time, in milliseconds, but three are always made. */
  readonly budgetMs: number
  /** The number for this size. */
  pick(counts: { readonly quick: number; readonly full: number }): number
}

export const quick: Size = { name: 'quick', rounds: 15, budgetMs: 8_000, pick: counts => counts.quick }

export const full: Size = { name: 'full', rounds: 9, budgetMs: 120_000, pick: counts => counts.full }
