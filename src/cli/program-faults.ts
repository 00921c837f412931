import { existsSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { resolveProgram } from '../resolve-program.ts'
import { interpreterOf } from '../script-interpreter.ts'

/** Where a command is run. */
export interface Surroundings {
  readonly cwd: string
  /** The PATH of the app. */
  readonly path: string | undefined
}

/** Programs whose first argument is a script, unless it is an option. */
const scriptRunners = /^(node|deno|bun|python[0-9.]*|ruby|perl|php|sh|bash|dash|zsh)$/

/** Why a command can't be run, as far as that can be known without a launch; undefined if nothing is wrong. */
export function programFault(command: readonly string[], { cwd, path }: Surroundings): string | undefined {
  const [name = '', ...args] = command
  // Placeholders are replaced at the launch.
  if (name.includes('{')) return undefined
  try {
    const file = resolveProgram(name, cwd, path)
    return interpreterFault(file, { cwd, path }) ?? scriptFault(name, args, cwd)
  } catch (error) {
    return (error as Error).message
  }
}

function interpreterFault(file: string, { cwd, path }: Surroundings): string | undefined {
  const [interpreter, argument] = interpreterOf(file) ?? []
  if (interpreter === undefined) return undefined
  if (!existsSync(interpreter)) return `${file} needs the interpreter ${interpreter}, which is not there`
  if (basename(interpreter) !== 'env' || argument === undefined || /^-|=/.test(argument)) return undefined
  try {
    resolveProgram(argument, cwd, path)
    return undefined
  } catch (error) {
    return `${file} is run by ${argument}: ${(error as Error).message}`
  }
}

function scriptFault(name: string, [script]: readonly string[], cwd: string): string | undefined {
  if (script === undefined || !scriptRunners.test(basename(name)) || /^-|[{]/.test(script) || script === '')
    return undefined
  const file = resolve(cwd, script)
  // A folder can be run, too: by node, its index; by python3, its __main__.py.
  return existsSync(file) || isSubcommand(name, script)
    ? undefined
    : `there is no file ${file}, which ${name} is to run`
}

/** `deno run`, `bun run` and the like. */
function isSubcommand(name: string, argument: string): boolean {
  return /^(deno|bun)$/.test(basename(name)) && !/[./]/.test(argument)
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
