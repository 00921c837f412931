import { newline, textLines } from '../../output-lines.ts'
import { type AppMessage, boundedMs, failText, progressText } from './message.ts'

/** How much of a line is read: the texts in messages are shorter. */
const maxBytes = 4_096

/** First bytes of the words, so that output without them costs no more than a look at each line. */
const firstBytes = new Set(['PROGRESS', 'STATUS', 'EXTEND', 'FAIL'].map(word => word.charCodeAt(0)))

/** What the lines say; all others are output like any other, as are words that are not well formed. */
export function* messagesIn(lines: Buffer): Generator<AppMessage> {
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf(newline, start) + 1 || lines.length
    if (firstBytes.has(lines[start] as number)) {
      const [line = ''] = textLines(lines.subarray(start, end), maxBytes)
      const message = parseLine(line.trimEnd())
      if (message) yield message
    }
    start = end
  }
}

/** `PROGRESS 40 compiling`, `STATUS text`, `EXTEND 30000`, `FAIL why`. `READY` is the line of `ready.line`. */
export function parseLine(line: string): AppMessage | undefined {
  const [, word, rest = ''] = /^(PROGRESS|STATUS|EXTEND|FAIL) +(\S.*)$/s.exec(line) ?? []
  switch (word) {
    case 'PROGRESS':
      return parseProgress(rest)
    case 'STATUS':
      return { type: 'progress', text: progressText(rest) }
    case 'EXTEND':
      return /^\d+$/.test(rest) ? { type: 'extend', ms: boundedMs(Number(rest)) } : undefined
    case 'FAIL':
      return { type: 'fail', message: failText(rest) }
    default:
      return undefined
  }
}

function parseProgress(rest: string): AppMessage | undefined {
  const [, number, text] = /^(\d{1,3}(?:\.\d+)?)%?(?: +(.+))?$/s.exec(rest) ?? []
  const percent = Number(number)
  if (!(percent <= 100)) return undefined
  return { type: 'progress', percent, ...(text && { text: progressText(text) }) }
}
