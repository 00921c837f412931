import { stripVTControlCharacters } from 'node:util'

/**
 * Text of an app made safe for a terminal: without escape sequences, and with U+FFFD in place of any other control
 * character (C0, DEL, C1), so that no app can control the terminal on which the gateway's log is read.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, '\ufffd')
}
