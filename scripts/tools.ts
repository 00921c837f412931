import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/*
 * Installs what building and running the gateway does not need, each set in a folder of its own, where it is missing; or only
 * that of the folders that are named. Tests whose tools can't be installed are skipped.
 */

const root = join(import.meta.dirname, '..')
const folders = ['test', 'test/contract/tools', 'test/sdk', 'test/browser', 'scripts/site']
/** Where npm scripts, npx and tap itself look for what is in `test`. */
const links = {
  '.bin/tap': '../../test/node_modules/.bin/tap',
  '.bin/biome': '../../test/node_modules/.bin/biome',
  tap: '../test/node_modules/tap'
}

const named = process.argv.slice(2)
for (const folder of named.length > 0 ? named : folders) {
  if (existsSync(join(root, folder, 'node_modules/.package-lock.json'))) continue
  tryTo(`installing the packages of ${folder}`, () => {
    // Nothing in these needs its install script.
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    run('npm', args, join(root, folder))
  })
}
for (const [name, target] of Object.entries(links)) link(name, target)
if (named.length === 0) installPython(join(root, 'clients/python'))

function link(name: string, target: string): void {
  const path = join(root, 'node_modules', name)
  if (existsSync(path)) return
  rmSync(path, { force: true })
  symlinkSync(target, path)
}

function installPython(folder: string): void {
  const environment = join(folder, '.venv')
  if (existsSync(join(environment, 'complete'))) return
  tryTo('installing the tools of clients/python', () => {
    run('python3', ['-m', 'venv', '--clear', environment], folder)
    run(join(environment, 'bin/pip'), ['install', '--quiet', '--requirement', 'requirements-dev.txt'], folder)
    writeFileSync(join(environment, 'complete'), '')
  })
}

function tryTo(what: string, install: () => void): void {
  process.stderr.write(`${what}\n`)
  try {
    install()
  } catch (error) {
    process.stderr.write(`they can't be installed: ${(error as Error).message}\n`)
    if (process.env.CI) process.exitCode = 1
  }
}

function run(file: string, args: readonly string[], cwd: string): void {
  execFileSync(file, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}
