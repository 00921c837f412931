import { stripVTControlCharacters } from 'node:util'

/**
 * Text of an app made safe for a terminal: without escape sequences, and with U+FFFD in place of any other control
 * character (C0, DEL, C1), and of those that change the direction of text. So no app can control the terminal on which the
 * gateway's log is read, or make a line look like another.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd')
}
