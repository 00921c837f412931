import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs a program; rejects, with what it wrote, if it fails. @returns its stdout */
export async function run(file: string, args: readonly string[], cwd: string): Promise<string> {
  return (await promisify(execFile)(file, args, { cwd, timeout: 300_000 })).stdout
}
