import type { Config } from '../config/load.ts'

/** Ids of apps that are shown. */
const maxShown = 8

/** What a person at the terminal needs to know of a gateway that has started, and can type next. */
export function greeting({ apps, file, stateDir, runtimeBin, tokens, server }: Config, address: string): string {
  const ids = Object.keys(apps)
  const call = server.socket === undefined ? `curl ${address}` : `curl --unix-socket ${address} http://localhost`
  const token = tokens.length > 0 ? ' -H "authorization: Bearer $TOKEN"' : ''
  const launch = `${call}/sessions${token} -H 'content-type: application/json' -d '{"appId":"${ids[0]}"}'`
  const lines = [
    ids.length > 0 ? `apps:   ${shown(ids)}` : noApps(file),
    ...(runtimeBin === undefined ? [] : [`others: ${runtimeBin} runs every other app id`]),
    `state:  ${stateDir}`,
    ...(ids.length > 0 ? [`launch: ${launch}`] : []),
    `watch:  ${call.replace('curl', 'curl -N')}/events${token}`,
    ...(server.socket === undefined ? [`API:    ${address}/docs`] : [])
  ]
  return lines.map(line => `  ${line}\n`).join('')
}

function shown(ids: readonly string[]): string {
  const more = ids.length - maxShown
  return `${ids.slice(0, maxShown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function noApps(file: string | undefined): string {
  const where = file === undefined ? 'there is no weft-gateway.toml in this folder' : `${file} has none`
  return `apps:   none, since ${where}; docs/configuration.md says how to declare one`
}
