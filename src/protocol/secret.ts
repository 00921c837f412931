import { randomBytes, timingSafeEqual } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'

const secretPattern = /^[A-Za-z0-9_-]{43}$/

/** The state folder's secret, which only its owner can read. It is made if there is none. */
export function obtainSecret(path: string): string {
  for (;;) {
    const secret = readSecret(path)
    if (secret !== undefined) return secret
    rmSync(path, { force: true })
    makeSecret(path)
  }
}

/** Undefined if there is none, or if it is incomplete. */
export function readSecret(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    return secretPattern.test(text) ? text : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export function isSameSecret(one: string, other: string | undefined): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other ?? '')]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Atomic, also in a power failure; changes nothing if another process has made the secret meanwhile. */
function makeSecret(path: string): void {
  const draft = `${path}.${process.pid}`
  rmSync(draft, { force: true })
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, randomBytes(32).toString('base64url'))
    fsyncSync(file)
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(file)
    rmSync(draft, { force: true })
  }
}
