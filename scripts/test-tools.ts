import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/* Installs what only some tests and the site of the documents need, each set in a folder of its own, where it is missing. Without it those tests are skipped. */

const folders = ['test/contract/tools', 'test/sdk', 'test/browser', 'scripts/site']
const root = join(import.meta.dirname, '..')

for (const folder of folders) {
  if (existsSync(join(root, folder, 'node_modules'))) continue
  process.stderr.write(`installing the packages of ${folder}\n`)
  try {
    // Nothing in these needs its install script.
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    execFileSync('npm', args, { cwd: join(root, folder), stdio: ['ignore', 'ignore', 'inherit'] })
  } catch (error) {
    process.stderr.write(
      `they can't be installed, so the tests that need them are skipped: ${(error as Error).message}\n`
    )
    if (process.env.CI) process.exitCode = 1
  }
}

const python = join(root, 'clients/python')
const environment = join(python, '.venv')
if (!existsSync(join(environment, 'complete'))) {
  process.stderr.write('installing the tools of clients/python\n')
  try {
    const run = (file: string, args: string[]) =>
      execFileSync(file, args, { cwd: python, stdio: ['ignore', 'ignore', 'inherit'] })
    run('python3', ['-m', 'venv', '--clear', environment])
    run(join(environment, 'bin/pip'), ['install', '--quiet', '--requirement', 'requirements-dev.txt'])
    writeFileSync(join(environment, 'complete'), '')
  } catch (error) {
    process.stderr.write(
      `they can't be installed, so the test that needs them is skipped: ${(error as Error).message}\n`
    )
    if (process.env.CI) process.exitCode = 1
  }
}
