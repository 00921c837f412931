import { closeSync, openSync, readSync } from 'node:fs'
import { foreignMachine, mayEmulate } from './foreign-program.ts'

const maxHeadBytes = 256

/**
 * execvp(3), as Node and setpriv use it, would have /bin/sh run what execve(2) refuses: a text that does not begin with #!, or
 * a program for another machine.
 */
export function wouldRunInShell(file: string): boolean {
  const head = headOf(file)
  if (head === undefined) return false
  if (foreignMachine(head) !== undefined) return !mayEmulate()
  return head.toString('latin1', 0, 2) !== '#!' && !head.includes(0)
}

/** The first bytes of a file; undefined if it can't be read. */
export function headOf(file: string): Buffer | undefined {
  const head = Buffer.alloc(maxHeadBytes)
  try {
    const fd = openSync(file, 'r')
    try {
      return head.subarray(0, readSync(fd, head))
    } finally {
      closeSync(fd)
    }
  } catch {
    return undefined
  }
}
