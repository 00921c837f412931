import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { type ConfigFault, InvalidConfig } from './faults.ts'
import type { ConfigFile } from './schema.ts'
import { validate } from './validate.ts'

/** What the command line says; it wins over the environment, which wins over the file. */
export interface Flags {
  readonly config?: string | undefined
  readonly host?: string | undefined
  readonly port?: string | undefined
  readonly socket?: string | undefined
  readonly 'state-dir'?: string | undefined
  readonly 'log-level'?: string | undefined
}

/** The configuration in force, every default filled in. */
export interface Config extends ConfigFile {
  readonly stateDir: string
  /** Relative paths in the catalogue are relative to this folder. */
  readonly baseDir: string
  /** The file it came from, if there is one. */
  readonly file: string | undefined
  /** Runs the apps outside the catalogue as `<bin> <appId> <sessionId>`. */
  readonly runtimeBin: string | undefined
}

export interface ConfigSources {
  readonly flags?: Flags
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

const defaultFile = 'weft-gateway.toml'

/** @throws {InvalidConfig} that names every fault with its path. */
export function loadConfig({ flags = {}, env = process.env, cwd = process.cwd() }: ConfigSources = {}): Config {
  const named = flags.config ?? nonEmpty(env.WEFT_GATEWAY_CONFIG)
  const file = named !== undefined ? resolve(cwd, named) : findDefault(cwd)
  const settings = file ? read(file) : {}
  const server = override(settings.server, flags, env)
  const config = validate({ ...settings, server }, file)
  return {
    ...config,
    stateDir: resolve(cwd, config.server.stateDir ?? defaultStateDir(env)),
    baseDir: file ? dirname(file) : cwd,
    file,
    runtimeBin: nonEmpty(env.WEFT_RUNTIME_BIN)
  }
}

function findDefault(cwd: string): string | undefined {
  const file = join(cwd, defaultFile)
  return existsSync(file) ? file : undefined
}

function read(file: string): Record<string, unknown> {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new InvalidConfig(file, [faultOf(error as Error)])
  }
}

function faultOf(error: Error): ConfigFault {
  if (!(error instanceof TomlError)) return { path: '', detail: error.message }
  const [summary = ''] = error.message.split('\n')
  return { path: `line ${error.line}, column ${error.column}`, detail: summary }
}

function override(server: unknown, flags: Flags, env: NodeJS.ProcessEnv): unknown {
  if (server !== undefined && (typeof server !== 'object' || server === null)) return server
  const setting = (flag: keyof Flags, variable: string) => flags[flag] ?? nonEmpty(env[`WEFT_GATEWAY_${variable}`])
  const port = setting('port', 'PORT')
  const settings = {
    host: setting('host', 'HOST'),
    port: port === undefined || !/^[0-9]{1,5}$/.test(port) ? port : Number(port),
    socket: setting('socket', 'SOCKET'),
    stateDir: setting('state-dir', 'STATE_DIR'),
    logLevel: setting('log-level', 'LOG_LEVEL'),
    spawner: nonEmpty(env.WEFT_GATEWAY_SPAWNER)
  }
  const given = Object.entries(settings).filter(([, value]) => value !== undefined)
  return { ...server, ...Object.fromEntries(given) }
}

function defaultStateDir(env: NodeJS.ProcessEnv): string {
  const stateHome = nonEmpty(env.XDG_STATE_HOME) ?? join(nonEmpty(env.HOME) ?? homedir(), '.local', 'state')
  return join(stateHome, 'weft-gateway')
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
