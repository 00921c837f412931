import { type AppEntry, completeApp } from '../../config/complete-apps.ts'
import type { Config } from '../../config/load.ts'
import { literal } from '../../template/template.ts'

/** The contract of weft-appd: `<bin> <appId> <sessionId>`, ready with the line READY. */
const defaults = { command: ['{bin}', '{appId}', '{sessionId}'], ready: { line: 'READY' } }

/** What the WEFT runtime and the programs that it calls read. */
const defaultPassEnv = [
  ...['WEFT_*', 'RUST_LOG', 'XDG_RUNTIME_DIR'],
  ...['WAYLAND_DISPLAY', 'DISPLAY', 'DBUS_SESSION_BUS_ADDRESS']
]

/** Of the runtime's program. */
const placeholder = '{bin}'

/** The entry of the apps outside the catalogue. */
export function runtimeEntry(config: Config, env: NodeJS.ProcessEnv): AppEntry {
  const { runtimeBin: bin, runtime = {} } = config
  const { args = [], ...settings } = { ...defaults, ...runtime }
  const command = [...settings.command, ...args]
  // A variable of the default that is not there is no fault.
  const present = defaultPassEnv.filter(name => name.includes('*') || env[name] !== undefined)
  const passEnv = runtime.passEnv ?? [...config.defaults.passEnv, ...present]
  const argv = command.map(part => part.replaceAll(placeholder, () => (bin === undefined ? placeholder : literal(bin))))
  const app = { ...settings, passEnv, command: argv }
  return completeApp(app, { defaults: config.defaults, templates: {} })
}

/** Is the program known that runs the apps outside the catalogue? */
export function isRunnable({ command }: AppEntry): boolean {
  return !command.some(part => part.includes(placeholder))
}
