/** Longer lines are cut. */
export const maxLineBytes = 65_536

export const newline = 0x0a

const carriageReturn = 0x0d

/**
 * The lines in `bytes` as text, invalid UTF-8 replaced, without `\n` or `\r\n`.
 * @param maxBytes of each line that are decoded
 */
export function* textLines(bytes: Buffer, maxBytes = maxLineBytes): Generator<string> {
  for (let start = 0; start < bytes.length; ) {
    const newlineAt = bytes.indexOf(newline, start)
    const next = newlineAt === -1 ? bytes.length : newlineAt
    const end = next > start && bytes[next - 1] === carriageReturn ? next - 1 : next
    yield bytes.toString('utf8', start, Math.min(end, start + maxBytes))
    start = next + 1
  }
}

/** How many lines end in `bytes`. */
export function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines++
  return lines
}
