import { existsSync } from 'node:fs'

/** The program of util-linux that sets limits and then becomes another one. */
export function prlimit(): string | undefined {
  return ['/usr/bin/prlimit', '/bin/prlimit'].find(file => existsSync(file))
}
