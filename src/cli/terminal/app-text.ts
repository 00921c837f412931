import { stripVTControlCharacters } from 'node:util'

const control = /\p{Cc}/gu
const escapeCharacter = '\u001b'
const colour = new RegExp(`(${escapeCharacter}\\[[0-9;]*m)`)

/** Text from outside made safe for a table or a sentence: no control characters. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(control, '\ufffd')
}

/** A line of an app made safe for a terminal: its colours and tabs are kept, and can’t do anything else. */
export function coloredLine(line: string): string {
  const parts = line.split(colour)
  const safe = parts.map((part, index) => (index % 2 === 1 ? part : keepTabs(part)))
  return parts.length > 1 ? `${safe.join('')}${escapeCharacter}[0m` : safe.join('')
}

function keepTabs(text: string): string {
  return text.split('\t').map(plainText).join('\t')
}
