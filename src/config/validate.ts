import type { ErrorObject } from 'ajv'
import { readinessFaults, readinessKindNames, readinessOf } from '../readiness/kinds.ts'
import { type ConfigFault, InvalidConfig, settingPath } from './faults.ts'
import { fitsSchema } from './fits-schema.ts'
import { isLoopback } from './loopback.ts'
import type { AppEntry, ConfigFile, TokenEntry } from './schema.ts'

/** Fills the defaults in. @throws {InvalidConfig} */
export function validate(settings: unknown, file?: string): ConfigFile {
  const { config, faults } = check(settings)
  if (faults.length > 0) throw new InvalidConfig(file, faults)
  return config
}

/** The faults of settings that the schema finds. */
export function shapeFaults(settings: unknown): readonly ConfigFault[] {
  return fitsSchema(structuredClone(settings)) ? [] : (fitsSchema.errors ?? []).flatMap(describe)
}

/** The settings with the defaults filled in, and all faults; the settings can be used only if there are none. */
export function check(settings: unknown): { readonly config: ConfigFile; readonly faults: readonly ConfigFault[] } {
  const config = structuredClone(settings) as ConfigFile
  const errors = fitsSchema(config) ? [] : (fitsSchema.errors ?? [])
  const isWhole = (...path: string[]) => !errors.some(error => concerns(error, path))
  return { config, faults: [...errors.flatMap(describe), ...meaningFaults(config, isWhole)] }
}

/** Is the error at `path`, below it, or at a value above it that should be a table? */
function concerns({ instancePath, keyword }: ErrorObject, path: readonly string[]): boolean {
  const pointer = path.map(part => `/${escapePointer(part)}`).join('')
  return `${instancePath}/`.startsWith(`${pointer}/`) || (keyword === 'type' && pointer.startsWith(`${instancePath}/`))
}

/** Is the value at this path as the schema has it? What is missing counts as whole. */
type IsWhole = (...path: string[]) => boolean

/** Faults that a schema can't express, in each part that conforms to the schema, whatever is wrong beside it. */
function meaningFaults({ server, tokens, apps }: ConfigFile, isWhole: IsWhole): ConfigFault[] {
  const isServerKnown = isWhole('server', 'host') && isWhole('server', 'socket')
  return [
    ...(isServerKnown && isWhole('tokens') ? exposureFaults(server, tokens) : []),
    ...(Array.isArray(tokens) ? [...repeated(tokens, 'name', isWhole), ...repeated(tokens, 'hash', isWhole)] : []),
    ...Object.entries(apps ?? {}).flatMap(([id, app]) => appFaults(id, app, isWhole))
  ]
}

function appFaults(id: string, { command, ready }: AppEntry, isWhole: IsWhole): ConfigFault[] {
  const noProgram = { path: settingPath(['apps', id, 'command', '0']), detail: 'must name a program' }
  return [
    ...(isWhole('apps', id, 'command') && command?.[0] === '' ? [noProgram] : []),
    ...(isWhole('apps', id, 'ready') ? readyFaults(id, ready) : [])
  ]
}

/** An address that other machines can reach requires tokens. */
export function exposureFaults({ host, socket }: ConfigFile['server'], tokens: readonly TokenEntry[]): ConfigFault[] {
  if (isLoopback(host) || socket || tokens.length > 0) return []
  const detail = `${host} can be reached from other machines, so there must be [[tokens]]; or use 127.0.0.1, ::1 or a socket`
  return [{ path: 'server.host', detail }]
}

/** `allowedHosts` suggests clients from other machines, through a proxy. */
export function exposureWarnings({ server, tokens }: Pick<ConfigFile, 'server' | 'tokens'>): ConfigFault[] {
  if (server.allowedHosts.length === 0 || tokens.length > 0) return []
  const detail = `without [[tokens]] everybody who reaches the gateway as ${server.allowedHosts.join(', ')} may do everything`
  return [{ path: 'server.allowedHosts', detail }]
}

function repeated(tokens: readonly TokenEntry[], member: 'name' | 'hash', isWhole: IsWhole): ConfigFault[] {
  const values = tokens.map((token, index) =>
    isWhole('tokens', String(index), member) ? token[member]?.toLowerCase() : undefined
  )
  return values.flatMap((value, index) => {
    const first = values.indexOf(value)
    return value === undefined || first === index
      ? []
      : [{ path: `tokens.${index}.${member}`, detail: `is that of tokens.${first}, too` }]
  })
}

function readyFaults(appId: string, ready: AppEntry['ready']): ConfigFault[] {
  const readiness = readinessOf(ready)
  const path = settingPath(['apps', appId, 'ready', readiness.kind])
  return readinessFaults(readiness).map(detail => ({ path, detail }))
}

const noAppId = 'is not an app id: at most 128 letters, digits, . _ and -, the first a letter or digit'

function describe(error: ErrorObject): ConfigFault[] {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  const at = (detail: string, ...more: string[]) => [{ path: settingPath([...path, ...more]), detail }]
  const { params } = error
  switch (error.keyword) {
    case 'additionalProperties':
      return at('is not known', String(params.additionalProperty))
    case 'propertyNames':
      return at(path.length === 1 ? noAppId : 'is not a variable name', String(params.propertyName))
    case 'required':
      return at('is missing', String(params.missingProperty))
    case 'enum':
      return at(`must be one of ${(params.allowedValues as unknown[]).join(', ')}`)
    case 'minProperties':
    case 'maxProperties':
      return at(`must have exactly one of ${readinessKindNames.join(', ')}`)
    default:
      // 'propertyNames' reports faults of names.
      return error.propertyName === undefined ? at(error.message ?? 'is not valid') : []
  }
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
