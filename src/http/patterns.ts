import { appIdPattern } from '../config/schema.ts'
import { cursorPattern } from '../gateway/store/cursor.ts'

/** `name=value`, where the value can be empty. */
export const labelPattern = '^[^=]+='

/** Of the value of an environment variable. */
export const envValuePattern = '^[^\\u0000]*$'

/** 1 to 255 visible characters, bare or quoted. A bare key does not start with a quotation mark. */
export const idempotencyKeyPattern = '^([!#-~][!-~]{0,254}|"([!#-\\[\\]-~]|\\\\["\\\\]){1,255}")$'

/** A cursor, or nothing. */
export const lastEventIdPattern = `^$|${cursorPattern}`

const notACursor = 'is not a cursor'

/** What is wrong with a value that does not match one of the patterns of the contract. */
export const patternFaults: Readonly<Record<string, string>> = {
  [appIdPattern]: 'must be 1 to 128 letters, digits, dots, hyphens and underscores, the first a letter or digit',
  [cursorPattern]: notACursor,
  [lastEventIdPattern]: notACursor,
  [labelPattern]: 'must be name=value',
  [envValuePattern]: 'must not contain a null character',
  [idempotencyKeyPattern]:
    'must be one key of 1 to 255 visible ASCII characters, without spaces, as it is or as a quoted string'
}
