import { Ajv, type ErrorObject } from 'ajv'
import { readinessFaults, readinessKindNames, readinessOf } from '../readiness/kinds.ts'
import { type ConfigFault, InvalidConfig } from './faults.ts'
import { isLoopback } from './loopback.ts'
import { type AppEntry, ConfigFile, type TokenEntry } from './schema.ts'

const ajv = new Ajv({ allErrors: true, useDefaults: true, verbose: true, strict: false })
const check = ajv.compile<ConfigFile>(ConfigFile)

/** Fills the defaults in. @throws {InvalidConfig} */
export function validate(settings: unknown, file?: string): ConfigFile {
  const config = structuredClone(settings)
  const faults = check(config) ? meaningFaults(config) : (check.errors ?? []).flatMap(describe)
  if (faults.length > 0) throw new InvalidConfig(file, faults)
  return config as ConfigFile
}

/** What a schema can't say. */
function meaningFaults({ server, tokens, apps }: ConfigFile): ConfigFault[] {
  return [
    ...exposureFaults(server, tokens),
    ...repeated(tokens, 'name'),
    ...repeated(tokens, 'hash'),
    ...Object.entries(apps).flatMap(([id, { command, ready }]) => [
      ...(command[0] === '' ? [{ path: pathOf(['apps', id, 'command', '0']), detail: 'must name a program' }] : []),
      ...readyFaults(id, ready)
    ])
  ]
}

/** Without tokens nobody is asked who calls. */
export function exposureFaults({ host, socket }: ConfigFile['server'], tokens: readonly TokenEntry[]): ConfigFault[] {
  if (isLoopback(host) || socket || tokens.length > 0) return []
  const detail = `${host} can be reached from other machines, so there must be [[tokens]]; or use 127.0.0.1, ::1 or a socket`
  return [{ path: 'server.host', detail }]
}

function repeated(tokens: readonly TokenEntry[], member: 'name' | 'hash'): ConfigFault[] {
  const values = tokens.map(token => token[member].toLowerCase())
  return values.flatMap((value, index) => {
    const first = values.indexOf(value)
    return first === index ? [] : [{ path: `tokens.${index}.${member}`, detail: `is that of tokens.${first}, too` }]
  })
}

function readyFaults(appId: string, ready: AppEntry['ready']): ConfigFault[] {
  const readiness = readinessOf(ready)
  const path = pathOf(['apps', appId, 'ready', readiness.kind])
  return readinessFaults(readiness).map(detail => ({ path, detail }))
}

function describe(error: ErrorObject): ConfigFault[] {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  const at = (detail: string, ...more: string[]) => [{ path: pathOf([...path, ...more]), detail }]
  const { params } = error
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params.additionalProperty)
      const isAppId = path.length === 1 && path[0] === 'apps'
      return at(isAppId ? 'is no app id: letters, digits, . _ - and at most 128 of them' : 'is not known', name)
    }
    case 'required':
      return at('is missing', String(params.missingProperty))
    case 'enum':
      return at(`must be one of ${(params.allowedValues as unknown[]).join(', ')}`)
    case 'minProperties':
    case 'maxProperties':
      return at(`must have exactly one of ${readinessKindNames.join(', ')}`)
    default:
      return at(error.message ?? 'is not valid')
  }
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

function pathOf(parts: readonly string[]): string {
  return parts.map(part => (/^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part))).join('.')
}
