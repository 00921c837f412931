import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './run.ts'

const packages = { 'weft-gateway': '.', '@weft-gateway/client': 'clients/typescript' } as const

export type PackageName = keyof typeof packages

export const packageNames = Object.keys(packages) as PackageName[]

/** @returns the path of the tarball, in `folder` */
export async function pack(root: string, name: PackageName, folder: string): Promise<string> {
  const stdout = await run('npm', ['pack', '--json', '--pack-destination', folder], join(root, packages[name]))
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')))
  return join(folder, filename)
}

/** The packages that are not the same, byte for byte, when they are made twice. */
export async function changingPacks(root: string): Promise<string[]> {
  return await inFolder(async folder => {
    const problems: string[] = []
    for (const name of packageNames) {
      const [one, other] = [join(folder, 'one'), join(folder, 'other')]
      await Promise.all([one, other].map(path => mkdir(path, { recursive: true })))
      const first = await readFile(await pack(root, name, one))
      const second = await readFile(await pack(root, name, other))
      if (!first.equals(second)) problems.push(`npm pack makes another ${name} each time`)
    }
    return problems
  })
}

/** A folder that is gone afterwards. */
export async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-release-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
