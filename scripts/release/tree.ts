import { run } from './run.ts'
import { versionOf } from './versions.ts'

/** What is not committed, and the tag of the version if there is one already. */
export async function treeProblems(root: string): Promise<string[]> {
  const changed = (await run('git', ['status', '--porcelain'], root)).split('\n').filter(line => line !== '')
  const tag = `v${await versionOf(root)}`
  const [released] = (await run('git', ['tag', '--list', tag], root)).split('\n')
  return [
    ...changed.map(line => `not committed: ${line.slice(3)}`),
    ...(released ? [`the tag ${released} exists: this version is released`] : [])
  ]
}
