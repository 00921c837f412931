import { durationText } from './duration.ts'
import { cut } from './table.ts'

export interface Progress {
  readonly text: string
  /** How long it usually takes, in milliseconds; undefined if that is not known. Shown once it has come. */
  readonly usualMs?: Promise<number | undefined>
}

const barWidth = 20
const refreshMs = 100

/** Shows on a terminal that something is under way, until the returned function is called. */
export function showProgress({ text, usualMs }: Progress): () => void {
  if (!process.stderr.isTTY) return () => {}
  const began = Date.now()
  let usual: number | undefined
  void usualMs?.then(ms => {
    usual = ms
  })
  const draw = () => {
    // A line that is as wide as the terminal would begin another one.
    const line = cut(progressLine(text, Date.now() - began, usual), process.stderr.columns - 1)
    process.stderr.write(`\r\x1b[K${line}`)
  }
  draw()
  const timer = setInterval(draw, refreshMs)
  return () => {
    clearInterval(timer)
    process.stderr.write('\r\x1b[K')
  }
}

export function progressLine(text: string, elapsedMs: number, usualMs: number | undefined): string {
  if (usualMs === undefined) return `${text} ${durationText(elapsedMs)}`
  const filled = Math.round(barWidth * Math.min(1, elapsedMs / Math.max(1, usualMs)))
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
  return `${text} ${bar} ${durationText(elapsedMs)}, usually ${durationText(usualMs)}`
}
