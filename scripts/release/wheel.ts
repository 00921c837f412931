import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { inFolder } from './packs.ts'
import { run } from './run.ts'
import { versionOf } from './versions.ts'

/** What is wrong with the wheel and the sdist of the client for Python. */
export async function wheelProblems(root: string): Promise<string[]> {
  const project = join(root, 'clients/python')
  const python = join(project, '.venv/bin/python')
  if (!existsSync(python)) return ['the tools of clients/python are not installed: npm run tools']
  const version = await versionOf(root)
  return await inFolder(async folder => {
    await run(python, ['-m', 'build', '--no-isolation', '--outdir', folder], project)
    const made = (await readdir(folder)).sort()
    const wanted = [`weft_gateway-${version}-py3-none-any.whl`, `weft_gateway-${version}.tar.gz`]
    return made.join() === wanted.join()
      ? []
      : [`python -m build makes ${made.join(' and ')}, not ${wanted.join(' and ')}`]
  })
}
