import { createHash, randomBytes } from 'node:crypto'

/** By which people and secret scanners recognise a leaked token. */
const prefix = 'weft_'

const randomLength = 32

/** A new token of 256 random bits, in characters that are valid in headers and WebSocket subprotocols. */
export function newToken(): string {
  return prefix + randomBytes(randomLength).toString('base64url')
}

/** The hash of a token for the configuration. Tokens are random, so they need neither salt nor stretching. */
export function hashToken(token: string): string {
  return `sha256:${digest(token).toString('hex')}`
}

export function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** The digest in a hash of the configuration. */
export function digestOf(hash: string): Buffer {
  return Buffer.from(hash.slice(hash.indexOf(':') + 1), 'hex')
}

const token = new RegExp(`${prefix}[A-Za-z0-9_-]{32,}|(?<=[?&;](access_token|token|bearer)=)[^&#\\s"\\\\]+`, 'gi')

/** Removes tokens from a text, and the values of URL parameters in which some clients put them. */
export function redactTokens(text: string): string {
  return text.replace(token, '[redacted]')
}
