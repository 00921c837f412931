/** Lines for stdout, written at once. */
export function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
}

/** A sentence beside the output, on stderr. */
export function tell(text: string): void {
  process.stderr.write(`weft-gateway: ${text}\n`)
}

/** The columns of the terminal; no limit if stdout is none. */
export function outputWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Infinity
}

/** A reader that has enough, as in `weft-gateway ps | head`, ends the command. */
export function endWithReader(): void {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))
}
