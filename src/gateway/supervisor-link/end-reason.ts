import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const maxBytes = 65_536

/** The length of the supervisor's log now: later messages begin here. */
export function logLength(path: string): number {
  return read(path, 0)?.length ?? 0
}

/**
 * Why a process ended, from its stderr: the message of an uncaught error, without the stack or the version of Node, or
 * else the last line. Undefined if it wrote nothing.
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
