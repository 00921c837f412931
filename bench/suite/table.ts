import type { Measure } from './question.ts'
import { type Answer, limitOf, type Result } from './result.ts'
import type { Summary } from './statistics.ts'

const header = ['', 'weft-gateway', 'baseline', '', 'ratio', 'goal', '']

/** The answer as a table for people. */
export function tableOf({ question, asks, rounds, results }: Answer): string {
  const rows = [header, ...results.map(rowOf)]
  const widths = header.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row =>
    row
      .map((cell, column) => align(cell, column, widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  )
  return `${question}: ${asks} (${rounds} rounds)\n${lines.map(line => `  ${line}\n`).join('')}`
}

function rowOf({ measure, product, baseline, ratio, isMet }: Result): string[] {
  return [
    `${measure.name}, ${measure.unit}`,
    cellOf(product),
    baseline ? cellOf(baseline) : '',
    baseline ? measure.baseline : '',
    ratio === undefined ? '' : `${numberOf(ratio)} ×`,
    goalOf(measure),
    verdictOf(isMet)
  ]
}

function verdictOf(isMet: boolean | undefined): string {
  if (isMet === undefined) return ''
  return isMet ? 'met' : 'MISSED'
}

/** Words are left-aligned, numbers right-aligned. */
function align(cell: string, column: number, width: number): string {
  return column === 1 || column === 2 || column === 4 ? cell.padStart(width) : cell.padEnd(width)
}

function cellOf({ median, min, max }: Summary): string {
  return min === max ? numberOf(median) : `${numberOf(median)} (${numberOf(min)}–${numberOf(max)})`
}

export function goalOf({ goal, better, unit }: Measure): string {
  if (!goal) return ''
  const limit = `${better === 'lower' ? '≤' : '≥'} ${limitOf(goal).toLocaleString('en')}`
  return 'ratio' in goal || unit === '×' ? `${limit} ×` : `${limit} ${unit}`
}

/** Three significant digits; whole numbers from 100 on. */
export function numberOf(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}
