/** The candidate that a name was probably meant to be: case and `-` or `_` apart, or by a few letters. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_]/g, '')
  const limit = Math.max(1, Math.floor(name.length / 3))
  const ranked = candidates
    .map(candidate => ({ candidate, distance: distance(plain(name), plain(candidate)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((one, other) => one.distance - other.distance)
  return ranked[0]?.candidate
}

/** How many letters must be added, removed, replaced or exchanged with the next one (optimal string alignment). */
function distance(from: string, to: string): number {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line++) {
    const next = [line]
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] as number) + (from[line - 1] === to[column - 1] ? 0 : 1)
      const isExchange = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1]
      const exchanged = line > 1 && column > 1 && isExchange ? (before[column - 2] as number) + 1 : replaced
      next.push(Math.min(replaced, exchanged, (row[column] as number) + 1, (next[column - 1] as number) + 1))
    }
    before = row
    row = next
  }
  return row[to.length] as number
}
