import type { LogLine } from '../../../clients/typescript/src/client.ts'
import { coloredLine } from '../terminal/app-text.ts'
import { paint } from '../terminal/style.ts'

/** A line as the app wrote it; on a terminal it can't control it. */
export function logLineText({ stream, line, missing }: LogLine): string {
  if (stream === 'gateway') return paint('yellow', `-- ${line}${missing ? ` (${missing} lines)` : ''}`)
  if (!process.stdout.isTTY) return line
  const text = coloredLine(line)
  return stream === 'stderr' ? paint('red', text) : text
}
