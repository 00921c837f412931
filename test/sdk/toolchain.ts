import { execFile, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Recipe } from './recipe.ts'

const here = import.meta.dirname
const cache = join(here, '.cache')

/** Why the recipe can't be run on this machine; empty where it can. */
export function missingPrograms({ needs, atLeast }: Pick<Recipe, 'needs' | 'atLeast'>): string[] {
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

/** What is fetched, and what compilers keep for a second run. Everything else of a folder is made anew. */
const kept = ['.venv', 'target', 'node_modules', 'Cargo.lock']

/** An empty folder for the recipe, but for what an earlier run has fetched. */
export async function emptyFolder(name: string): Promise<string> {
  const folder = join(cache, 'work', name)
  await mkdir(folder, { recursive: true })
  for (const file of await readdir(folder)) {
    if (!kept.includes(file)) await rm(join(folder, file), { recursive: true })
  }
  return folder
}

export const driverOf = (name: string) => join(here, 'drivers', name)

/** Runs commands in the folder, with what they fetch in `.cache`. */
export function shellIn(cwd: string, variables: Readonly<Record<string, string>> = {}): Shell {
  const env = {
    ...process.env,
    ...variables,
    PATH: [join(cwd, '.venv/bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
    MAVEN_OPTS: `-Dmaven.repo.local=${join(cache, 'maven')}`,
    GOMODCACHE: join(cache, 'go/mod'),
    GOCACHE: join(cache, 'go/build'),
    CARGO_HOME: join(cache, 'cargo'),
    RUSTFLAGS: '-Dwarnings'
  }
  return async commands => {
    let output = ''
    for (const command of commands) output = await run(command, { cwd, env })
    return output
  }
}

async function run(command: string, options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<string> {
  try {
    // tap puts its loader into the environment of all children.
    const args = ['-u', 'NODE_OPTIONS', 'nice', 'sh', '-c', command]
    const { stdout } = await promisify(execFile)('env', args, { ...options, maxBuffer: 1e8 })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command}: ${stdout}${stderr}`.slice(-10_000))
  }
}
