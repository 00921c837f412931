import { stripVTControlCharacters } from 'node:util'

/** Why a line that has the awaited word is not the awaited line; undefined if it does not look like it. */
export function nearMiss(text: string, wanted: string): string | undefined {
  if (!text.toLowerCase().includes(wanted.toLowerCase())) return undefined
  const plain = stripVTControlCharacters(text).trim()
  if (plain === wanted) return `is ${wanted} in colours: turn them off, as by NO_COLOR, or set ready.pattern`
  if (plain.toLowerCase() === wanted.toLowerCase()) return `is ${plain}, not ${wanted}: set ready.line`
  return isWordOf(plain, wanted) ? `has ${wanted} among other text: set ready.pattern` : undefined
}

function isWordOf(text: string, word: string): boolean {
  const index = text.indexOf(word)
  return index !== -1 && !/\w/.test(text[index - 1] ?? '') && !/\w/.test(text[index + word.length] ?? '')
}
