/** Durations in milliseconds; absent members have no value if there are none. */
export interface DurationSummary {
  readonly count: number
  readonly p50?: number
  readonly p90?: number
  readonly p99?: number
  readonly max?: number
}

/** Counts durations by their value, so that memory and sorting are bounded by how many different ones there are. */
export class Durations {
  readonly #counts = new Map<number, number>()
  #count = 0

  add(ms: number): void {
    const duration = Math.max(0, ms)
    this.#counts.set(duration, (this.#counts.get(duration) ?? 0) + 1)
    this.#count++
  }

  /** The exact quantiles, by the nearest rank. */
  summary(): DurationSummary {
    const count = this.#count
    if (count === 0) return { count }
    const sorted = Float64Array.from(this.#counts.keys()).sort()
    const [p50 = 0, p90 = 0, p99 = 0, max = 0] = this.#atRanks(
      sorted,
      [0.5, 0.9, 0.99, 1].map(q => Math.ceil(q * count))
    )
    return { count, p50, p90, p99, max }
  }

  #atRanks(sorted: Float64Array, ranks: readonly number[]): number[] {
    const found: number[] = []
    let passed = 0
    for (const duration of sorted) {
      passed += this.#counts.get(duration) ?? 0
      while (found.length < ranks.length && passed >= (ranks[found.length] ?? 0)) found.push(duration)
    }
    return found
  }
}
