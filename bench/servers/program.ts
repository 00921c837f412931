import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/* The app that is launched: the less it does, the more of the time is the gateway's. */

const source = `
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static char block[65536];
int main(int count, char **arguments) {
  if (write(1, "READY\\n", 6) != 6) return 1;
  if (count < 2) for (;;) pause();
  memset(block, 'x', sizeof block);
  for (unsigned i = 127; i < sizeof block; i += 128) block[i] = '\\n';
  for (long left = atol(arguments[1]); left > 0; left -= sizeof block)
    if (write(1, block, sizeof block) < 0) return 1;
}
`

export interface Program {
  readonly kind: 'static C program' | 'sh'
  /** A folder for files, which goes with the stack. */
  readonly folder: string
  /** Prints READY and waits for a signal. */
  readonly quiet: readonly string[]
  /** Prints READY, then so many bytes in lines of 128 as fast as they are taken, and exits. */
  flood(bytes: number): readonly string[]
}

/** Compiled with the system's cc if there is one that links statically, else a shell. */
export function makeProgram(stack: AsyncDisposableStack): Program {
  const folder = mkdtempSync(join(tmpdir(), 'weft-bench-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'app')
  try {
    writeFileSync(`${file}.c`, source)
    execFileSync('cc', ['-O2', '-static', '-o', file, `${file}.c`], { stdio: 'ignore' })
    return { kind: 'static C program', folder, quiet: [file], flood: bytes => [file, bytes.toFixed()] }
  } catch {
    return { ...shell, folder }
  }
}

const line = 'x'.repeat(127)

const shell: Omit<Program, 'folder'> = {
  kind: 'sh',
  quiet: ['/bin/sh', '-c', 'echo READY; exec sleep 86400'],
  flood: bytes => ['/bin/sh', '-c', `echo READY; yes ${line} | head -c ${bytes.toFixed()}`]
}
