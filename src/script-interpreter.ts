import { closeSync, openSync, readSync } from 'node:fs'

/** How much of a script its first line can take; see execve(2). */
const maxHeadBytes = 256

/** The words of the line `#!` of a script: its interpreter and the argument; undefined if the file is no script. */
export function interpreterOf(file: string): readonly string[] | undefined {
  const head = Buffer.alloc(maxHeadBytes)
  try {
    const fd = openSync(file, 'r')
    try {
      const length = readSync(fd, head)
      const [, line] = /^#![ \t]*([^\s][^\n]*)/.exec(head.toString('utf8', 0, length)) ?? []
      return line?.trim().split(/\s+/)
    } finally {
      closeSync(fd)
    }
  } catch {
    return undefined
  }
}
