import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const maxBytes = 65_536

/** How long the supervisor's log is now: what it says later begins here. */
export function logLength(path: string): number {
  return read(path, 0)?.length ?? 0
}

/**
 * What a process said last of why it ended, from its stderr: of the report of an uncaught error that is its message, not
 * the stack or the version of Node below it. Undefined if it said nothing.
 */
export function readEndReason(path: string, from: number): string | undefined {
  const lines = (read(path, from)?.text ?? '')
    .split('\n')
    .filter(line => /^[^\s{}]/.test(line) && !/^(Node\.js v\d|----- |<--- |\[\d+:0x)/.test(line))
  return lines.findLast(line => /^(\w*Error\b|FATAL ERROR)[^:]*:/.test(line)) ?? lines.at(-1)
}

function read(path: string, from: number): { text: string; length: number } | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    const { size } = fstatSync(file)
    const start = Math.max(from, size - maxBytes)
    const buffer = Buffer.alloc(Math.max(0, size - start))
    return { text: buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, start)), length: size }
  } finally {
    closeSync(file)
  }
}
