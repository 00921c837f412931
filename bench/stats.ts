/** Median and spread of a series. */
export function summary(values: readonly number[], digits = 2): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(digits)
  return `median ${at(0.5)}, p99 ${at(0.99)} [${at(0)} … ${at(1)}], n ${values.length}`
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export function print(name: string, text: string): void {
  process.stdout.write(`${name.padEnd(46)} ${text}\n`)
}
