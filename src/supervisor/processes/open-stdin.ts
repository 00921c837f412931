import { closeSync, openSync } from 'node:fs'
import * as libc from './libc.ts'

/**
 * A descriptor to read from that never ends: that of an empty pipe, open for writing, too. As the program itself holds the
 * end that is written to, nothing has to be kept here. @throws if there are too many descriptors
 */
export function openEndlessInput(): number {
  const { read, write } = libc.makePipe()
  try {
    return openSync(`/proc/self/fd/${read}`, 'r+')
  } finally {
    closeSync(read)
    closeSync(write)
  }
}
