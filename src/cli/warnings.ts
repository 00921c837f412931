import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type ConfigFault, settingPath } from '../config/faults.ts'
import type { Config } from '../config/load.ts'
import { exposureWarnings } from '../config/validate.ts'
import { Catalogue } from '../gateway/launch/catalogue.ts'
import { resolveProgram } from '../resolve-program.ts'

/** Settings with which a gateway starts, but which will fail later or probably admit more clients than intended. */
export function warningsOf(config: Config): ConfigFault[] {
  return [...exposureWarnings(config), ...socketWarnings(config), ...appWarnings(config)]
}

function socketWarnings({ server: { socket } }: Config): ConfigFault[] {
  if (socket === undefined || isFolder(dirname(socket))) return []
  return [{ path: 'server.socket', detail: `the folder ${dirname(socket)} does not exist` }]
}

function appWarnings(config: Config): ConfigFault[] {
  const catalogue = new Catalogue(config)
  const ofApps = Object.keys(config.apps).flatMap(id => programWarnings(catalogue, id, ['apps', id]))
  if (config.runtimeBin === undefined) return ofApps
  // The runtime, which runs the apps without an entry.
  return [...ofApps, ...programWarnings(new Catalogue({ ...config, apps: {} }), 'any', ['WEFT_RUNTIME_BIN'])]
}

function programWarnings(catalogue: Catalogue, id: string, path: readonly string[]): ConfigFault[] {
  const recipe = catalogue.launchable(id)?.run
  const program = recipe?.command[0]
  if (!recipe || program === undefined) return []
  const at = (setting: string) => settingPath(path[0] === 'apps' ? [...path, setting] : path)
  if (!isFolder(recipe.cwd)) return [{ path: at('cwd'), detail: `the folder ${recipe.cwd} does not exist` }]
  // Placeholders are replaced at the launch.
  if (program.includes('{')) return []
  try {
    resolveProgram(program, recipe.cwd, recipe.env.PATH)
    return []
  } catch (error) {
    return [{ path: at('command'), detail: (error as Error).message }]
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
