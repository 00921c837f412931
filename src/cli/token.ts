import { parseArgs } from 'node:util'
import { stringify } from 'smol-toml'
import { everyApp } from '../config/app-patterns.ts'
import { InvalidConfig } from '../config/faults.ts'
import { validate } from '../config/validate.ts'
import { hashToken, newToken } from '../gateway/access/token.ts'
import { WrongUsage } from './wrong-usage.ts'

/** The output of `weft-gateway token new`: a token and its configuration entry. @throws {WrongUsage} */
export function newTokenText(args: readonly string[]): string {
  const token = newToken()
  const entry = readEntry(args, hashToken(token))
  requireValid(entry)
  return `# The token. It is not kept anywhere: this is the only time it is shown.
${token}

# For the configuration file, which has only its hash:
${stringify({ tokens: [entry] })}`
}

function readEntry(args: readonly string[], hash: string): object {
  const list = { type: 'string', multiple: true } as const
  const { values } = parseArgs({
    args: repeatOptions(args, ['--scope', '--app']),
    options: { name: { type: 'string' }, scope: list, app: list }
  })
  const { name, scope: scopes = [], app: apps = [everyApp] } = values
  return { ...(name !== undefined && { name }), hash, scopes, apps }
}

/** `--scope read launch` is `--scope read --scope launch`. */
function repeatOptions(args: readonly string[], options: readonly string[]): string[] {
  let option: string | undefined
  return args.flatMap((arg, index) => {
    if (arg.startsWith('-')) option = options.find(name => name === arg)
    return option && !arg.startsWith('-') && args[index - 1] !== option ? [option, arg] : [arg]
  })
}

const optionOf: Readonly<Record<string, string>> = { name: '--name', scopes: '--scope', apps: '--app' }

function requireValid(entry: object): void {
  try {
    validate({ tokens: [entry] })
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error
    const faults = error.faults.map(({ path, detail }) => `${optionOf[path.split('.')[2] ?? ''] ?? path} ${detail}`)
    throw new WrongUsage(`${[...new Set(faults)].join('; ')}; see --help`)
  }
}
