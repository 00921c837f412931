import stringWidth from 'fast-string-width'
import { paint } from './style.ts'

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  readonly paint?: (text: string, row: Row) => string
  readonly alignment?: 'right'
  /** Can be cut off where the terminal is narrow. */
  readonly canShrink?: true
}

interface FilledColumn<Row> {
  readonly column: Column<Row>
  readonly cells: readonly string[]
  readonly width: number
}

const gap = '  '
const leastWidth = 8

/** Aligned columns with a heading. Columns without any text are left out. Lines are at most `maxWidth` wide where that is possible. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], maxWidth = Infinity): string[] {
  const filled = fit(
    columns.map(column => fill(column, rows)).filter(({ cells }) => cells.some(cell => cell !== '')),
    maxWidth
  )
  const heading = lineOf(filled.map(({ column, width }) => paint('bold', pad(column.title, width, column.alignment))))
  const body = rows.map((row, index) =>
    lineOf(
      filled.map(({ column, cells, width }, place) => {
        const isLast = place === filled.length - 1 && column.alignment === undefined
        const text = cut(cells[index] ?? '', width)
        const padded = isLast ? text : pad(text, width, column.alignment)
        return column.paint ? padded.replace(text, () => column.paint?.(text, row) ?? text) : padded
      })
    )
  )
  return [heading, ...body]
}

function fill<Row>(column: Column<Row>, rows: readonly Row[]): FilledColumn<Row> {
  const cells = rows.map(column.cell)
  const width = cells.reduce((widest, cell) => Math.max(widest, stringWidth(cell)), column.title.length)
  return { column, cells, width }
}

/** Takes what is too much from the widest of the columns that can shrink, character by character. */
function fit<Row>(columns: readonly FilledColumn<Row>[], maxWidth: number): readonly FilledColumn<Row>[] {
  const widths = columns.map(({ width }) => width)
  const canShrink = (index: number) => columns[index]?.column.canShrink && (widths[index] ?? 0) > leastWidth
  let excess = widths.reduce((sum, width) => sum + width, gap.length * (columns.length - 1)) - maxWidth
  for (; excess > 0; excess--) {
    const widest = Math.max(...widths.filter((_, index) => canShrink(index)))
    const index = widths.findIndex((width, at) => width === widest && canShrink(at))
    if (index < 0) break
    widths[index] = widest - 1
  }
  return columns.map((column, index) => ({ ...column, width: widths[index] ?? column.width }))
}

function lineOf(cells: readonly string[]): string {
  return cells.join(gap).trimEnd()
}

function pad(text: string, width: number, alignment: 'right' | undefined): string {
  const padding = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return alignment === 'right' ? padding + text : text + padding
}

/** The begin of `text` that fits, with an ellipsis if it is not all. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let taken = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(taken + segment) > width - 1) break
    taken += segment
  }
  return `${taken}…`
}
