import { execFile, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { copyFile, cp, mkdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { Recipe } from './recipe.ts'

const here = import.meta.dirname
const root = join(here, '../..')
const cache = join(here, '.cache')

/** Why the recipe can't be run on this machine; empty where it can. */
export function missingPrograms({ needs, atLeast }: Recipe): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const missing = needs.filter(program => !folders.some(folder => isExecutable(join(folder, program))))
  const isOld = atLeast && missing.length === 0 && isOlder(versionOf(atLeast.command), atLeast.version)
  return isOld ? [`${needs.at(-1)} ${atLeast.version}`] : missing
}

/** The first number with a dot that the command prints, or 0.0. */
function versionOf(command: string): string {
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
  return /\d+\.\d+/.exec(stdout)?.[0] ?? '0.0'
}

function isOlder(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Runs commands as a user would type them, and returns what the last one writes to stdout. @throws what it writes when it fails */
export type Shell = (commands: readonly string[]) => Promise<string>

/**
 * A folder of the recipe with its driver and openapi.yaml. It and what is fetched are kept in `.cache`, for a second run; what is
 * generated is made anew.
 */
export async function prepare(recipe: Recipe): Promise<Shell> {
  const folder = join(cache, 'work', recipe.name)
  await mkdir(folder, { recursive: true })
  await cp(join(here, 'drivers', recipe.name), folder, { recursive: true })
  await copyFile(join(root, 'openapi.yaml'), join(folder, 'openapi.yaml'))
  const shell = shellIn(folder)
  await shell(['rm -rf weft sdk out'])
  if (recipe.needs.includes('python3')) await shell(['test -d .venv || python3 -m venv .venv'])
  return shell
}

function shellIn(cwd: string): Shell {
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    PATH: [join(cwd, '.venv/bin'), process.env.PATH].join(delimiter),
    MAVEN_OPTS: `-Dmaven.repo.local=${join(cache, 'maven')}`,
    GOMODCACHE: join(cache, 'go/mod'),
    GOCACHE: join(cache, 'go/build'),
    CARGO_HOME: join(cache, 'cargo')
  }
  return async commands => {
    let output = ''
    for (const command of commands) output = await run(command, { cwd, env })
    return output
  }
}

async function run(command: string, options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('nice', ['sh', '-c', command], { ...options, maxBuffer: 1e8 })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command}: ${stdout}${stderr}`.slice(0, 10_000))
  }
}
