import { closeSync, openSync, readSync } from 'node:fs'

/** execvp(3), as Node and setpriv use it, would have /bin/sh run what execve(2) refuses: a text that does not begin with #!. */
export function isScriptWithoutInterpreter(file: string): boolean {
  const head = Buffer.alloc(256)
  try {
    const fd = openSync(file, 'r')
    const text = head.toString('latin1', 0, readSync(fd, head))
    closeSync(fd)
    return !text.startsWith('#!') && !text.includes('\0')
  } catch {
    return false
  }
}
