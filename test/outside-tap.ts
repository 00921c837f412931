import { execFile } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

/** tap puts its loader, which tsc and an older Node can't bear, into the environment of all children. */
export const withoutTap = ['-u', 'NODE_OPTIONS']

export interface Output {
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program as a user would. */
export function run(file: string, args: readonly string[], cwd: string): Promise<Output> {
  return promisify(execFile)('env', [...withoutTap, file, ...args], { cwd })
}

/** A Node before 24, if this machine has one in its PATH. */
export async function olderNode(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(folder, 'node')
    const version = await run(node, ['--version'], '/').then(
      ({ stdout }) => stdout.trim(),
      () => ''
    )
    if (/^v2[0-3]\./.test(version)) return node
  }
  return undefined
}
