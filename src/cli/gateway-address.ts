import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { WrongUsage } from './wrong-usage.ts'

/** Where a gateway listens. */
export type GatewayAddress = { readonly baseUrl: string } | { readonly baseUrl: string; readonly socketPath: string }

export interface AddressSources {
  /** `--url`. */
  readonly url?: string | undefined
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/** `--url`, else `WEFT_URL`, else where `weft-gateway serve` would listen with this environment in this folder. */
export async function gatewayAddress({
  url,
  env = process.env,
  cwd = process.cwd()
}: AddressSources): Promise<GatewayAddress> {
  const named = url ?? nonEmpty(env.WEFT_URL)
  return named === undefined ? await localAddress(env, cwd) : parseAddress(named, cwd)
}

/** For people. */
export function addressText(address: GatewayAddress): string {
  return 'socketPath' in address ? address.socketPath : address.baseUrl
}

function parseAddress(text: string, cwd: string): GatewayAddress {
  if (/^(unix:|\.{0,2}\/)/.test(text)) return socketAddress(resolve(cwd, text.replace(/^unix:(\/\/)?/, '')))
  const url = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`
  if (!URL.canParse(url) || !/^https?:/i.test(url)) {
    throw new WrongUsage(`'${text}' is no address of a gateway: give http://host:port, or unix:/path of a socket`)
  }
  return { baseUrl: url }
}

function socketAddress(socketPath: string): GatewayAddress {
  return { baseUrl: 'http://localhost', socketPath }
}

interface ServerSettings {
  readonly host?: unknown
  readonly port?: unknown
  readonly socket?: unknown
}

/** Only looked at, not validated: that is for `serve` and `check`, and needs far more code. */
async function localAddress(env: NodeJS.ProcessEnv, cwd: string): Promise<GatewayAddress> {
  const settings = await serverSettings(resolve(cwd, nonEmpty(env.WEFT_GATEWAY_CONFIG) ?? 'weft-gateway.toml'))
  const variables = { host: nonEmpty(env.WEFT_GATEWAY_HOST), port: nonEmpty(env.WEFT_GATEWAY_PORT) }
  const isTcpGiven = variables.host !== undefined || variables.port !== undefined
  const socket = nonEmpty(env.WEFT_GATEWAY_SOCKET) ?? (isTcpGiven ? undefined : settings.socket)
  if (typeof socket === 'string') return socketAddress(resolve(cwd, socket))
  const host = String(variables.host ?? settings.host ?? '127.0.0.1')
  const port = Number(variables.port ?? settings.port ?? 7410)
  if (port === 0)
    throw new WrongUsage('the configuration has port 0, any free port: say with --url where the gateway is')
  return { baseUrl: `http://${reachable(host)}:${port}` }
}

async function serverSettings(file: string): Promise<ServerSettings> {
  if (!existsSync(file)) return {}
  const { parse } = await import('smol-toml')
  try {
    return (parse(readFileSync(file, 'utf8')).server ?? {}) as ServerSettings
  } catch {
    throw new WrongUsage(`${file} can't be read (see weft-gateway check): say with --url where the gateway is`)
  }
}

/** A gateway that listens on all addresses is reached on the loopback one. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
