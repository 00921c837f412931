import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The files of the contract that are not what the routes give. */
export async function driftedFiles(root: string): Promise<string[]> {
  // Loaded here: it loads the whole gateway, and a generator that `npm run tools` installs.
  const { contractFiles } = await import('../contract/files.ts')
  const found = await Promise.all(
    Object.entries(await contractFiles()).map(async ([file, content]) => {
      return (await readFile(join(root, file), 'utf8')) === content ? [] : [`${file} has drifted: npm run openapi`]
    })
  )
  return found.flat()
}
