import { readyFaults } from '../readiness/kinds.ts'
import { limitFaults } from './app-limits.ts'
import { boundFaults } from './bounds.ts'
import { completeApp } from './complete-apps.ts'
import { type ConfigFault, settingPath } from './faults.ts'
import { healthFaults } from './health.ts'
import { type Launcher, launcherFaults, unknownLauncher } from './launchers.ts'
import { paramFaults } from './params.ts'
import { type Place, placeFaults } from './place.ts'
import { unknownPlaceholders, valuelessPlaceholders } from './placeholder-faults.ts'
import { preparationFaults } from './preparation.ts'
import { type AppOfFile, appSettingNames, type ConfigFile } from './schema.ts'
import { stopFaults } from './stop-settings.ts'
import { ttyFaults } from './tty.ts'
import { isRestOfName } from './unquoted-id.ts'

/** Is the value at this path as the schema has it? What is missing counts as whole. */
export type IsWhole = (...path: string[]) => boolean

/** Faults of templates and apps that a schema can't express, each named once, where it is. */
export function appFaults(file: ConfigFile, isWhole: IsWhole): ConfigFault[] {
  const { defaults, templates, launchers, runtime, apps } = file
  return [
    ...settingFaults(defaults, ['defaults'], isWhole),
    ...launchedBy(defaults, ['defaults'], { file, isWhole }),
    ...launchersFaults(launchers, isWhole),
    ...(typeof runtime === 'object' ? settingFaults(runtime, ['runtime'], isWhole) : []),
    ...(typeof runtime === 'object' ? stopFaultsAt(runtime, ['runtime'], isWhole) : []),
    ...(typeof runtime === 'object' ? launchedBy(runtime, ['runtime'], { file, isWhole }) : []),
    ...unknownIn(runtime ?? {}, ['runtime'], ['{bin}']),
    ...unknownIn(defaults, ['defaults']),
    ...paramFaultsAt(defaults, ['defaults'], isWhole),
    ...tables(templates).flatMap(([name, template]) => [
      ...settingFaults(template, ['templates', name], isWhole),
      ...launchedBy(template, ['templates', name], { file, isWhole }),
      ...unknownIn(template, ['templates', name]),
      ...paramFaultsAt(template, ['templates', name], isWhole),
      ...stopFaultsAt(template, ['templates', name], isWhole)
    ]),
    ...tables(apps).flatMap(([id, app]) => [
      ...(isWhole('apps', id, 'use') && isWhole('templates') ? gapFaults(id, app, templates) : []),
      ...(isWhole('apps', id) && isWhole('templates') && isWhole('defaults') ? wholeFaults(id, app, file) : []),
      ...settingFaults(app, ['apps', id], isWhole),
      ...launchedBy(app, ['apps', id], { file, isWhole }),
      ...unknownIn(app, ['apps', id]),
      ...paramFaultsAt(app, ['apps', id], isWhole),
      ...stopFaultsAt(app, ['apps', id], isWhole)
    ])
  ]
}

function launchersFaults(launchers: ConfigFile['launchers'], isWhole: IsWhole): ConfigFault[] {
  return tables(launchers).flatMap(([name, launcher]) => {
    if (!isWhole('launchers', name)) return []
    const faults = launcherFaults(launcher).map(([member, detail]) => ({ member, detail }))
    return [...faults, ...unknownInLauncher(launcher)].map(({ member, detail }) => ({
      path: settingPath(['launchers', name, member]),
      detail
    }))
  })
}

function unknownInLauncher({ wrap, stop, after }: Launcher) {
  return Object.entries({ wrap, stop, after }).flatMap(([member, command]) =>
    unknownPlaceholders({ command }).map(({ detail }) => ({ member, detail }))
  )
}

/** A launcher that is not declared. */
function launchedBy(
  { launcher }: Pick<AppOfFile, 'launcher'>,
  path: readonly string[],
  { file, isWhole }: { readonly file: ConfigFile; readonly isWhole: IsWhole }
): ConfigFault[] {
  if (launcher === undefined || !isWhole(...path, 'launcher') || !isWhole('launchers')) return []
  const detail = unknownLauncher(launcher, file.launchers)
  return detail ? [{ path: settingPath([...path, 'launcher']), detail }] : []
}

type CheckedSettings = Pick<
  AppOfFile,
  'command' | 'ready' | 'health' | 'limits' | 'files' | 'before' | 'after' | keyof Place
>

function settingFaults(settings: CheckedSettings, path: readonly string[], isWhole: IsWhole): ConfigFault[] {
  const { command, ready, health, limits } = settings
  const noProgram = { path: settingPath([...path, 'command', '0']), detail: 'must name a program' }
  return [
    ...(isWhole(...path, 'command') && command?.[0] === '' ? [noProgram] : []),
    ...(isWhole(...path, 'ready') && ready ? readyFaults(ready) : []).map(({ member, detail }) => ({
      path: settingPath([...path, 'ready', ...(member ? [member] : [])]),
      detail
    })),
    ...(isWhole(...path, 'health') && health ? healthFaults(health) : []).map(({ member, detail }) => ({
      path: settingPath([...path, 'health', ...(member ? [member] : [])]),
      detail
    })),
    ...(isWhole(...path, 'files') && isWhole(...path, 'before') && isWhole(...path, 'after')
      ? preparationFaults(settings)
      : []
    ).map(({ path: setting, detail }) => ({ path: settingPath([...path, ...setting]), detail })),
    ...(isWhole(...path, 'user') && isWhole(...path, 'group') ? placeFaults(settings) : []).map(
      ({ member, detail }) => ({ path: settingPath([...path, member]), detail })
    ),
    ...(isWhole(...path, 'limits') && limits ? limitFaults(limits, settingPath([...path, 'limits'])) : [])
  ]
}

function paramFaultsAt(
  { params }: Pick<AppOfFile, 'params'>,
  path: readonly string[],
  isWhole: IsWhole
): ConfigFault[] {
  if (!params || !isWhole(...path, 'params')) return []
  return paramFaults(params).map(([member, detail]) => ({ path: settingPath([...path, 'params', ...member]), detail }))
}

function stopFaultsAt(table: AppOfFile, path: readonly string[], isWhole: IsWhole): ConfigFault[] {
  if (!isWhole(...path)) return []
  return [...stopFaults(table), ...boundFaults(table)].map(([setting, detail]) => ({
    path: settingPath([...path, ...setting.split('.')]),
    detail
  }))
}

/** @param more placeholders that are filled before others */
function unknownIn(table: object, path: readonly string[], more: readonly string[] = []): ConfigFault[] {
  return unknownPlaceholders(table ?? {}, more).map(({ path: setting, detail }) => ({
    path: settingPath([...path, ...setting]),
    detail
  }))
}

/** Faults of the app as it is with its template and `[defaults]`. */
function wholeFaults(id: string, app: AppOfFile, file: ConfigFile): ConfigFault[] {
  const placeholders = valuelessPlaceholders(completeApp(app, file))
  return [
    ...placeholders.map(({ path, detail }) => ({ path: settingPath(['apps', id, ...path]), detail })),
    ...ttyFaults(completeApp(app, file), file.server).map(([setting, detail]) => ({
      path: settingPath(['apps', id, ...setting.split('.')]),
      detail
    })),
    ...kindFaults(id, app, file)
  ]
}

/** Settings that the kind of the app does not have. */
function kindFaults(id: string, app: AppOfFile, file: ConfigFile): ConfigFault[] {
  const {
    kind = 'service',
    successExitCodes,
    daemonizes,
    ready,
    readyTimeoutMs,
    dir,
    dirKeepMs,
    health,
    files,
    before
  } = completeApp(app, file)
  const needs = (setting: string, needed: string) => [
    { path: settingPath(['apps', id, ...setting.split('.')]), detail: `goes only with kind = "${needed}"` }
  ]
  const keeps = dirKeepMs !== undefined && dir !== 'session'
  const keepFaults = [
    ...(keeps ? [{ path: settingPath(['apps', id, 'dirKeepMs']), detail: 'goes only with dir = "session"' }] : []),
    ...(files && !dir
      ? [{ path: settingPath(['apps', id, 'files']), detail: 'needs dir: the folder that they are written into' }]
      : [])
  ]
  if (kind === 'job') {
    const isTimeless = ready.exit && !before && readyTimeoutMs !== file.defaults.readyTimeoutMs
    const path = settingPath(['apps', id, 'readyTimeoutMs'])
    return [
      ...keepFaults,
      ...(daemonizes ? needs('daemonizes', 'service') : []),
      ...(health ? needs('health', 'service') : []),
      ...(isTimeless ? [{ path, detail: 'has no effect with ready.exit: such a job can take any time' }] : [])
    ]
  }
  return [
    ...keepFaults,
    ...(successExitCodes ? needs('successExitCodes', 'job') : []),
    ...(ready.exit ? needs('ready.exit', 'job') : [])
  ]
}

/** What is missing although the app is completed. */
function gapFaults(id: string, app: AppOfFile, templates: ConfigFile['templates']): ConfigFault[] {
  const { use, command } = app
  const at = (setting: string, detail: string) => [{ path: settingPath(['apps', id, setting]), detail }]
  const template = use !== undefined && Object.hasOwn(templates, use) ? templates[use] : undefined
  if (use !== undefined && !template) {
    const names = Object.keys(templates).sort().join(', ')
    return at('use', `there is no template '${use}'; ${names ? `there is ${names}` : 'there are none'}`)
  }
  return (command ?? template?.command) || isRestOfName(['apps', id], app, appSettingNames)
    ? []
    : at('command', 'is missing')
}

/** The tables in a section, whatever else is in it. */
function tables<T extends object>(section: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(section ?? {}).filter(([, value]) => typeof value === 'object')
}
