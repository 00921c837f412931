import { styleText } from 'node:util'

export type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Colours are for terminals only, and not if NO_COLOR is set. */
const isColoured = process.stdout.isTTY === true && process.stdout.hasColors()

export function paint(format: Format | undefined, text: string): string {
  return isColoured && format ? styleText(format, text, { validateStream: false }) : text
}
