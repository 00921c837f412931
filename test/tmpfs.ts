import { execFileSync } from 'node:child_process'
import type { Test } from 'tap'
import { temporaryFolder } from './helper.ts'

/** A small disk of its own, gone with the test; undefined where this user may not mount one. */
export async function tmpfs(t: Test, size: string): Promise<string | undefined> {
  const folder = await temporaryFolder(t)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  t.teardown(() => execFileSync('umount', ['--lazy', folder]))
  return folder
}

export function remount(folder: string, option: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${option}`, folder])
}
