import { type AppEntry, completeApp } from '../../config/complete-apps.ts'
import type { Config } from '../../config/load.ts'

/** The contract of weft-appd: `<bin> <appId> <sessionId>`, ready with the line READY. */
const defaults = { command: ['{bin}', '{appId}', '{sessionId}'], ready: { line: 'READY' } }

/** What the WEFT runtime and the programs that it calls read. */
const defaultPassEnv = [
  ...['WEFT_*', 'RUST_LOG', 'XDG_RUNTIME_DIR'],
  ...['WAYLAND_DISPLAY', 'DISPLAY', 'DBUS_SESSION_BUS_ADDRESS']
]

/** The entry of the apps outside the catalogue; undefined if no program is known that runs them. */
export function runtimeEntry(config: Config, env: NodeJS.ProcessEnv): AppEntry | undefined {
  const { runtimeBin: bin, runtime = {} } = config
  const { args = [], ...settings } = { ...defaults, ...runtime }
  const command = [...settings.command, ...args]
  if (bin === undefined && command.some(part => part.includes('{bin}'))) return undefined
  // A variable of the default that is not there is no fault.
  const present = defaultPassEnv.filter(name => name.includes('*') || env[name] !== undefined)
  const passEnv = runtime.passEnv ?? [...config.defaults.passEnv, ...present]
  const app = { ...settings, passEnv, command: command.map(part => part.replaceAll('{bin}', () => bin ?? '')) }
  return completeApp(app, { defaults: config.defaults, templates: {} })
}
