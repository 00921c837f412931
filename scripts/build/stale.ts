import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

const sources = [
  'src',
  'plugins',
  'routes',
  'clients/typescript/src',
  'scripts/build',
  'package.json',
  'package-lock.json'
]
const served = ['openapi.yaml', 'openapi.json', 'openapi-3.0.yaml', 'asyncapi.yaml']

/** Why the compiled code can't be used as it is; undefined if it can. */
export function whyToBuild(): string | undefined {
  const built = statSync(join(root, 'dist/src/cli/main.js'), { throwIfNoEntry: false })
  if (!built) return 'there is no compiled code yet'
  const changed = [...sources, ...served].find(path => newestTime(join(root, path)) > built.mtimeMs)
  return changed && `${changed} has changed`
}

/** Of a file, or of a folder and all that is in it: a folder changes when a file in it is removed. */
function newestTime(path: string): number {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  const times = readdirSync(path)
    .filter(name => name !== 'node_modules' && name !== 'dist')
    .map(name => newestTime(join(path, name)))
  return Math.max(stats.mtimeMs, ...times)
}
