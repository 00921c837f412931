/** A logger for `build` that keeps what is written, and the faults among it. */
export function logLines() {
  const lines: { level: number; msg: string }[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const error = 50
  return { logger: { level: 'debug', stream }, lines, faults: () => lines.filter(({ level }) => level >= error) }
}
