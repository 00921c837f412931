import { stripVTControlCharacters } from 'node:util'

/**
 * Text of an app as it may reach a terminal: without escape sequences, and with U+FFFD in place of any other control
 * character (C0, DEL, C1), so that no app can repaint the screen of who reads the gateway's log.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, '\ufffd')
}
