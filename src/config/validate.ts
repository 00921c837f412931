import type { ErrorObject } from 'ajv'
import { appFaults, type IsWhole } from './app-faults.ts'
import { type AppEntry, completeApp } from './complete-apps.ts'
import { type ConfigFault, InvalidConfig, settingPath } from './faults.ts'
import { fitsSchema } from './fits-schema.ts'
import { isLoopback } from './loopback.ts'
import { nearest } from './nearest.ts'
import type { ConfigFile, RuntimeOfFile, TokenEntry } from './schema.ts'
import { withPlainStop } from './stop-settings.ts'
import { quotedHeader } from './unquoted-id.ts'
import { weftFaults } from './weft-faults.ts'

/** A configuration in which no setting that has a default is missing, and whose apps are complete. */
export type Settings = Omit<ConfigFile, 'templates' | 'apps' | 'runtime'> & {
  readonly apps: Readonly<Record<string, AppEntry>>
  readonly runtime?: RuntimeOfFile | undefined
}

/** @throws {InvalidConfig} */
export function validate(settings: unknown, file?: string): Settings {
  const { config, faults } = check(settings)
  if (faults.length > 0) throw new InvalidConfig(file, faults)
  return config
}

/** The faults of settings that the schema finds. */
export function shapeFaults(settings: unknown): readonly ConfigFault[] {
  return fitsSchema(structuredClone(settings)) ? [] : (fitsSchema.errors ?? []).flatMap(describe)
}

/** The settings in force, and all faults; the settings can be used only if there are none. */
export function check(settings: unknown): { readonly config: Settings; readonly faults: readonly ConfigFault[] } {
  const file = structuredClone(settings) as ConfigFile
  const errors = fitsSchema(file) ? [] : (fitsSchema.errors ?? [])
  const isWhole = (...path: string[]) => !errors.some(error => concerns(error, path))
  const faults = [...errors.flatMap(describe), ...meaningFaults(file, isWhole)]
  return { config: faults.length > 0 ? { ...file, apps: {} } : complete(file), faults }
}

function complete({ templates, apps, ...rest }: ConfigFile): Settings {
  const whole = Object.entries(apps).map(([id, app]) => [id, completeApp(app, { defaults: rest.defaults, templates })])
  return { ...rest, defaults: withPlainStop(rest.defaults), apps: Object.fromEntries(whole) }
}

/** Is the error at `path`, below it, or at a value above it that should be a table? */
function concerns({ instancePath, keyword }: ErrorObject, path: readonly string[]): boolean {
  const pointer = path.map(part => `/${escapePointer(part)}`).join('')
  return `${instancePath}/`.startsWith(`${pointer}/`) || (keyword === 'type' && pointer.startsWith(`${instancePath}/`))
}

/** Faults that a schema can't express, in each part that conforms to the schema, whatever is wrong beside it. */
function meaningFaults(file: ConfigFile, isWhole: IsWhole): ConfigFault[] {
  const { server, tokens, weft } = file
  const isServerKnown = isWhole('server', 'host') && isWhole('server', 'socket')
  return [
    ...(isServerKnown && isWhole('tokens') ? exposureFaults(server, tokens) : []),
    ...(Array.isArray(tokens) ? [...repeated(tokens, 'name', isWhole), ...repeated(tokens, 'hash', isWhole)] : []),
    ...(isWhole('tokens') && isWhole('weft') ? weftFaults(weft, tokens) : []),
    ...appFaults(file, isWhole)
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

const noAppId = 'is not an app id: at most 128 letters, digits, . _ and -, the first a letter or digit'

function nameFault(path: readonly string[]): string {
  if (path.length === 1) return noAppId
  if (path.at(-1) === 'params')
    return 'is not the name of a parameter: at most 64 letters, digits, _ and -, the first a letter'
  return path.at(-1) === 'headers' ? 'is not the name of a header' : 'is not a variable name'
}

function describe(error: ErrorObject): ConfigFault[] {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  const at = (detail: string, ...more: string[]) => [{ path: settingPath([...path, ...more]), detail }]
  const { params } = error
  switch (error.keyword) {
    case 'additionalProperties':
      return at(unknownDetail(path, error), String(params.additionalProperty))
    case 'propertyNames':
      return at(nameFault(path), String(params.propertyName))
    case 'required':
      return at('is missing', String(params.missingProperty))
    case 'enum':
      return at(`must be one of ${(params.allowedValues as unknown[]).join(', ')}`)
    default:
      // 'propertyNames' reports faults of names.
      return error.propertyName === undefined ? at(error.message ?? 'is not valid') : []
  }
}

/** A key that is not known, with the known one that was probably meant, or the name that has to be quoted. */
function unknownDetail(path: readonly string[], { params, parentSchema, data }: ErrorObject): string {
  const name = String(params.additionalProperty)
  const known = Object.keys(parentSchema?.properties ?? {})
  const meant = nearest(name, known)
  const header = meant ? undefined : quotedHeader([...path, name], (data as Record<string, unknown>)[name])
  if (header) return `a name with dots must be quoted: ${header}`
  return meant ? `is not known; did you mean ${meant}?` : 'is not known'
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
