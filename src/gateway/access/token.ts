import { createHash, randomBytes } from 'node:crypto'

/** By which people and scanners know a token that lies where it should not. */
const prefix = 'weft_'

const randomLength = 32

/** A new secret of 256 random bits, of characters that headers and WebSocket subprotocols take. */
export function newToken(): string {
  return prefix + randomBytes(randomLength).toString('base64url')
}

/** What the configuration has of a token. It is random enough to need neither salt nor stretching. */
export function hashToken(token: string): string {
  return `sha256:${digest(token).toString('hex')}`
}

export function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** The digest that a hash of the configuration stands for. */
export function digestOf(hash: string): Buffer {
  return Buffer.from(hash.slice(hash.indexOf(':') + 1), 'hex')
}

const token = new RegExp(`${prefix}[A-Za-z0-9_-]{32,}|(?<=[?&;](access_token|token|bearer)=)[^&#\\s"\\\\]+`, 'gi')

/** The text without tokens, and without what stands where some clients put them in a URL. */
export function redactTokens(text: string): string {
  return text.replace(token, '[redacted]')
}
