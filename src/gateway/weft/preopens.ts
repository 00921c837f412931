import { mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Folders of this machine for capabilities, and where the app finds them. The runtime lets apps write to both kinds. */
const folders = {
  'app-data': { guest: '/data', host: (home: string, appId: string) => dataFolder(home, appId) },
  'xdg-documents': { guest: '/xdg/documents', host: (home: string) => existing(join(home, 'Documents')) }
} as const

/** The `--preopen` arguments for an app. Capabilities that are not about a known folder have none. */
export function preopens(appId: string, capabilities: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME || homedir()
  return Object.entries(folders).flatMap(([name, { guest, host }]) => {
    if (!capabilities.includes(`fs:rw:${name}`) && !capabilities.includes(`fs:read:${name}`)) return []
    const folder = host(home, appId)
    return folder === undefined ? [] : ['--preopen', `${folder}::${guest}`]
  })
}

/** @throws if it can't be made */
function dataFolder(home: string, appId: string): string {
  const folder = join(home, '.local/share/weft/apps', appId, 'data')
  mkdirSync(folder, { recursive: true })
  return folder
}

function existing(folder: string): string | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? folder : undefined
}
