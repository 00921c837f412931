import { stringify } from 'smol-toml'
import { everyApp } from '../config/app-patterns.ts'
import { InvalidConfig } from '../config/faults.ts'
import { validate } from '../config/validate.ts'
import { hashToken, newToken } from '../gateway/access/token.ts'
import { WrongUsage } from './wrong-usage.ts'

export interface TokenRequest {
  readonly name: string | undefined
  readonly scopes: readonly string[] | undefined
  readonly apps: readonly string[] | undefined
}

/** The output of `weft-gateway token new`: a token and its configuration entry. @throws {WrongUsage} */
export function newTokenText({ name, scopes = [], apps = [everyApp] }: TokenRequest): string {
  const token = newToken()
  const entry = { ...(name !== undefined && { name }), hash: hashToken(token), scopes, apps }
  requireValid(entry)
  return `# The token. It is not kept anywhere: this is the only time it is shown.
${token}

# For the configuration file, which has only its hash:
${stringify({ tokens: [entry] })}`
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
