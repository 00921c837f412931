import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { type ConfigFault, InvalidConfig } from './faults.ts'
import { check, type Settings, shapeFaults } from './validate.ts'

/** Options of the command line; they override the environment, which overrides the file. */
export interface Flags {
  readonly config?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly socket?: string | undefined
  readonly 'state-dir'?: string | undefined
  readonly 'log-level'?: string | undefined
}

/** The effective configuration. */
export interface Config extends Settings {
  readonly stateDir: string
  /** Relative paths in the catalogue are relative to this folder. */
  readonly baseDir: string
  /** The file it came from, if there is one. */
  readonly file: string | undefined
  /** The text of the file. */
  readonly text: string
  /** Runs the apps outside the catalogue as `<bin> <appId> <sessionId>`. */
  readonly runtimeBin: string | undefined
}

export interface ConfigSources {
  readonly flags?: Flags
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

const defaultFile = 'weft-gateway.toml'

/** @throws {InvalidConfig} that names every fault with its path, or with the option or variable that it comes from. */
export function loadConfig({ flags = {}, env = process.env, cwd = process.cwd() }: ConfigSources = {}): Config {
  const named = flags.config ?? nonEmpty(env.WEFT_GATEWAY_CONFIG)
  const file = named !== undefined ? resolve(cwd, named) : findDefault(cwd)
  const text = file ? read(file, sourceOf(flags, env)) : '\n'
  const settings = file ? parseFile(file, text) : {}
  const given = overridesOf(flags, env)
  const overrides = [...given, ...weftPort({ settings, overrides: given, env })]
  const { config, faults } = check({ ...settings, server: override(settings.server, overrides) })
  const allFaults = [...faults.map(fault => blame(fault, overrides)), ...hiddenFaults(settings, overrides)]
  if (allFaults.length > 0) throw new InvalidConfig(file, allFaults)
  const baseDir = file ? dirname(file) : cwd
  const isGiven = overrides.some(({ name }) => name === 'stateDir')
  return {
    ...config,
    stateDir: resolve(isGiven ? cwd : baseDir, config.server.stateDir ?? defaultStateDir(env)),
    baseDir,
    file,
    text,
    runtimeBin: nonEmpty(env.WEFT_RUNTIME_BIN)
  }
}

function findDefault(cwd: string): string | undefined {
  const file = join(cwd, defaultFile)
  return existsSync(file) ? file : undefined
}

/** What names the file. */
function sourceOf(flags: Flags, env: NodeJS.ProcessEnv): string | undefined {
  if (flags.config !== undefined) return '--config'
  return nonEmpty(env.WEFT_GATEWAY_CONFIG) && 'WEFT_GATEWAY_CONFIG'
}

function read(file: string, source: string | undefined): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const why = whyUnreadable(error as NodeJS.ErrnoException)
    throw new InvalidConfig(file, [source ? { path: source, detail: `${why} (${file})` } : { path: '', detail: why }])
  }
}

function parseFile(file: string, text: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (error) {
    throw new InvalidConfig(file, [faultOf(error as Error)])
  }
}

function faultOf(error: Error): ConfigFault {
  if (!(error instanceof TomlError)) return { path: '', detail: error.message }
  const [summary = ''] = error.message.split('\n')
  return { path: `line ${error.line}, column ${error.column}`, detail: summary }
}

function whyUnreadable({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EISDIR':
      return 'it is a folder'
    case 'EACCES':
      return 'this user is not allowed to read it'
    default:
      return message
  }
}

/** A setting of `[server]` that the file does not decide. */
interface Override {
  readonly name: string
  readonly value: string
  /** The option or the variable. */
  readonly source: string
}

interface WeftPortSources {
  readonly settings: object
  readonly overrides: readonly Override[]
  readonly env: NodeJS.ProcessEnv
}

const overridable = [
  { name: 'host', flag: 'host', variable: 'WEFT_GATEWAY_HOST' },
  { name: 'port', flag: 'port', variable: 'WEFT_GATEWAY_PORT' },
  { name: 'socket', flag: 'socket', variable: 'WEFT_GATEWAY_SOCKET' },
  { name: 'stateDir', flag: 'state-dir', variable: 'WEFT_GATEWAY_STATE_DIR' },
  { name: 'logLevel', flag: 'log-level', variable: 'WEFT_GATEWAY_LOG_LEVEL' },
  { name: 'spawner', variable: 'WEFT_GATEWAY_SPAWNER' },
  { name: 'cgroups', variable: 'WEFT_GATEWAY_CGROUPS' }
] as const

function overridesOf(flags: Flags, env: NodeJS.ProcessEnv): Override[] {
  const options = overridable.flatMap(setting => {
    const value = 'flag' in setting ? flags[setting.flag] : undefined
    return value === undefined ? [] : [{ name: setting.name, value, source: `--${'flag' in setting && setting.flag}` }]
  })
  const variables = overridable.flatMap(({ name, variable }) => {
    const value = nonEmpty(env[variable])
    return value === undefined || isDecided(name, options) ? [] : [{ name, value, source: variable }]
  })
  return [...options, ...variables]
}

/** The port of weft-appd's own variable, where its clients are served and nothing else says where to listen. */
function weftPort({ settings, overrides, env }: WeftPortSources): Override[] {
  const value = nonEmpty(env.WEFT_APPD_WS_PORT)
  const { weft, server } = settings as { weft?: { enabled?: unknown } | null; server?: object | null }
  const names = [...overrides.map(({ name }) => name), ...Object.keys(server ?? {})]
  const isSet = names.includes('port') || names.includes('socket')
  if (value === undefined || weft?.enabled !== true || isSet) return []
  return [{ name: 'port', value, source: 'WEFT_APPD_WS_PORT' }]
}

/** Do `overrides` say it? A host or a port without a socket says that there is no socket. */
function isDecided(setting: string, overrides: readonly Override[]): boolean {
  const names = overrides.map(({ name }) => name)
  return names.includes(setting) || (setting === 'socket' && (names.includes('host') || names.includes('port')))
}

function override(server: unknown, overrides: readonly Override[]): unknown {
  if (server !== undefined && (typeof server !== 'object' || server === null)) return server
  const kept = Object.entries(server ?? {}).filter(([name]) => !isDecided(name, overrides))
  const given = overrides.map(({ name, value }) => [name, name === 'port' ? portOf(value) : value])
  return Object.fromEntries([...kept, ...given])
}

function portOf(text: string): string | number {
  return /^[0-9]{1,5}$/.test(text) ? Number(text) : text
}

/** Names the option or variable instead of the setting if the value comes from there. */
function blame(fault: ConfigFault, overrides: readonly Override[]): ConfigFault {
  const override = overrides.find(({ name }) => fault.path === `server.${name}`)
  return override
    ? { path: override.source, detail: `${fault.detail} (it is ${JSON.stringify(override.value)})` }
    : fault
}

/** Faults of the file in settings that an option or a variable overrides. */
function hiddenFaults(settings: object, overrides: readonly Override[]): ConfigFault[] {
  return shapeFaults(settings).filter(
    ({ path }) => path.startsWith('server.') && isDecided(path.slice('server.'.length), overrides)
  )
}

function defaultStateDir(env: NodeJS.ProcessEnv): string {
  const stateHome = nonEmpty(env.XDG_STATE_HOME) ?? join(nonEmpty(env.HOME) ?? homedir(), '.local', 'state')
  return join(stateHome, 'weft-gateway')
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
