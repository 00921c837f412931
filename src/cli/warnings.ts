import { dirname } from 'node:path'
import { type ConfigFault, settingPath } from '../config/faults.ts'
import type { Config } from '../config/load.ts'
import { exposureWarnings } from '../config/validate.ts'
import { weftWarnings } from '../config/weft-faults.ts'
import { Catalogue } from '../gateway/launch/catalogue.ts'
import { whyNoNotify } from '../readiness/notify-support.ts'
import { unknownUser } from '../users/unknown-user.ts'
import { limitWarnings } from './limit-warnings.ts'
import { commandWarnings, templateWarnings } from './preparation-warnings.ts'
import { isFolder, programFault } from './program-faults.ts'
import { variableFileWarnings } from './variable-file-warnings.ts'

/** Settings with which a gateway starts, but which will fail later or probably admit more clients than intended. */
export function warningsOf(config: Config): ConfigFault[] {
  return [...exposureWarnings(config), ...weftWarnings(config), ...socketWarnings(config), ...appWarnings(config)]
}

function socketWarnings({ server: { socket } }: Config): ConfigFault[] {
  if (socket === undefined || isFolder(dirname(socket))) return []
  return [{ path: 'server.socket', detail: `the folder ${dirname(socket)} does not exist` }]
}

function appWarnings(config: Config): ConfigFault[] {
  const catalogue = new Catalogue(config)
  const ofApps = Object.keys(config.apps).flatMap(id => programWarnings(catalogue, id, ['apps', id]))
  return [...ofApps, ...runtimeWarnings(config)]
}

/** Of the runtime, which runs the apps without an entry. */
function runtimeWarnings(config: Config): ConfigFault[] {
  const catalogue = new Catalogue({ ...config, apps: {} })
  if (config.runtime === undefined) return programWarnings(catalogue, 'any', ['WEFT_RUNTIME_BIN'])
  if (catalogue.launchable('any')) return programWarnings(catalogue, 'any', ['runtime'])
  return [{ path: 'runtime.command', detail: 'has {bin}, and WEFT_RUNTIME_BIN is not set: it runs nothing' }]
}

function programWarnings(catalogue: Catalogue, id: string, path: readonly string[]): ConfigFault[] {
  const recipe = catalogue.launchable(id)?.run
  if (!recipe) return []
  const { command, cwd, env, readiness, health, limits, files } = recipe
  const at = (setting: readonly string[], detail: string | undefined) =>
    detail === undefined
      ? []
      : [{ path: settingPath(path[0] === 'WEFT_RUNTIME_BIN' ? path : [...path, ...setting]), detail }]
  const unknown = unknownUser(recipe)
  if (unknown) return at([unknown.setting], unknown.detail)
  const ofLimits = limitWarnings(limits).flatMap(([setting, detail]) => at(['limits', setting], detail))
  const ofFiles = [...templateWarnings(files), ...variableFileWarnings(recipe.fileVariables)]
  const anywhere = [...ofLimits, ...ofFiles.flatMap(([setting, detail]) => at(setting, detail))]
  if (cwd.includes('{')) return anywhere
  if (!isFolder(cwd)) return at(['cwd'], `the folder ${cwd} does not exist`)
  const surroundings = { cwd, path: env.PATH }
  return [
    ...anywhere,
    ...commandWarnings(recipe, surroundings).flatMap(([setting, detail]) => at(setting, detail)),
    ...at(['command'], programFault(command, surroundings)),
    ...(readiness.kind === 'notify' ? at(['ready', 'notify'], whyNoNotify()) : []),
    ...(readiness.kind === 'command' ? at(['ready', 'command'], programFault(readiness.setting, surroundings)) : []),
    ...(health?.probe.kind === 'command'
      ? at(['health', 'command'], programFault(health.probe.setting, surroundings))
      : [])
  ]
}
