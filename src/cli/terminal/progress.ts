import { durationText } from './duration.ts'
import { cut } from './table.ts'

export interface Progress {
  readonly text: string
  /** What is told meanwhile; asked once a second. */
  readonly told?: () => Promise<string>
  /** How long it usually takes, in milliseconds; undefined if that is not known. Shown once it has come. */
  readonly usualMs?: Promise<number | undefined>
}

const barWidth = 20
const refreshMs = 100
const askMs = 1_000

/** Shows on a terminal that something is under way, until the returned function is called. */
export function showProgress({ text, told, usualMs }: Progress): () => void {
  if (!process.stderr.isTTY) return () => {}
  const began = Date.now()
  let usual: number | undefined
  void usualMs?.then(ms => {
    usual = ms
  })
  const saying = latest(told)
  const draw = () => {
    // A line that is as wide as the terminal would begin another one.
    const line = cut(progressLine(text, Date.now() - began, usual, saying.text), process.stderr.columns - 1)
    process.stderr.write(`\r\x1b[K${line}`)
  }
  draw()
  const timer = setInterval(draw, refreshMs)
  return () => {
    clearInterval(timer)
    saying.close()
    process.stderr.write('\r\x1b[K')
  }
}

/** Asks again and again; while there is no answer, the last one counts. */
function latest(told: Progress['told']): { readonly text: string; readonly close: () => void } {
  let text = ''
  const ask = () =>
    told?.().then(
      now => {
        text = now
      },
      () => {}
    )
  void ask()
  const timer = setInterval(() => void ask(), askMs)
  return {
    get text() {
      return text
    },
    close: () => clearInterval(timer)
  }
}

/** @param saying what the app says of itself, which tells more than how long others took */
export function progressLine(text: string, elapsedMs: number, usualMs: number | undefined, saying = ''): string {
  if (saying !== '') return `${text} ${durationText(elapsedMs)}: ${saying}`
  if (usualMs === undefined) return `${text} ${durationText(elapsedMs)}`
  const filled = Math.round(barWidth * Math.min(1, elapsedMs / Math.max(1, usualMs)))
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled)
  return `${text} ${bar} ${durationText(elapsedMs)}, usually ${durationText(usualMs)}`
}
