/** A place in the event log: the log's epoch and the `seq` of the last event seen. Written `<epoch>.<seq>`. */
export interface Cursor {
  readonly epoch: string
  readonly seq: number
}

export const cursorPattern = '^[A-Za-z0-9_-]{1,32}\\.(0|[1-9][0-9]{0,15})$'

const expression = new RegExp(cursorPattern)

export function formatCursor(epoch: string, seq: number): string {
  return `${epoch}.${seq}`
}

/** Undefined if `text` is no cursor at all. */
export function parseCursor(text: string): Cursor | undefined {
  if (!expression.test(text)) return undefined
  const dot = text.indexOf('.')
  const seq = Number(text.slice(dot + 1))
  return Number.isSafeInteger(seq) ? { epoch: text.slice(0, dot), seq } : undefined
}
