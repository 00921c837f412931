import { readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { AppSource, InstalledApp } from '../launch/app-source.ts'
import type { Log } from '../log.ts'
import { BrokenManifest, isAppId, readManifest } from './manifest.ts'

/** A list is used at most this long, in milliseconds, before all manifests are looked at again. */
const maxAgeMs = 250

const maxManifestBytes = 65_536

/** What was read from a manifest, until the file changes. */
interface Reading {
  readonly stamp: string
  readonly app?: InstalledApp
}

/** `WEFT_APP_STORE` alone if it is set; else that of the user and that of the system. */
export function storeRoots(env: NodeJS.ProcessEnv): readonly string[] {
  if (env.WEFT_APP_STORE) return [env.WEFT_APP_STORE]
  return [join(env.HOME || homedir(), '.local/share/weft/apps'), '/usr/share/weft/apps']
}

/**
 * The apps in the app stores of WEFT OS: folders with a `wapp.toml`. The folders are looked at when somebody asks, so that
 * roots can come and go; a manifest is read again only if it has changed. Of two apps with the same id the first root wins.
 */
export class AppStores implements Pick<AppSource, 'apps' | 'find'> {
  readonly #roots: readonly string[]
  readonly #log: Log
  #readings = new Map<string, Reading>()
  #apps: readonly InstalledApp[] = []
  #scannedAt = Number.NEGATIVE_INFINITY
  /** Of the roots, at the last look. */
  #stamp = ''

  constructor({ roots, log }: { readonly roots: readonly string[]; readonly log: Log }) {
    this.#roots = roots
    this.#log = log
  }

  get apps(): readonly InstalledApp[] {
    const isOld = performance.now() - this.#scannedAt > maxAgeMs
    if (isOld || this.#stamp !== this.#stampOfRoots()) this.refresh()
    return this.#apps
  }

  /** Also finds what was installed a moment ago. */
  find(id: string): InstalledApp | undefined {
    if (!isAppId(id)) return undefined
    for (const root of this.#roots) {
      const app = this.#read(root, id)?.app
      if (app) return app
    }
    return undefined
  }

  /** Looks at the folders now. */
  refresh(): void {
    this.#stamp = this.#stampOfRoots()
    const found = new Map<string, InstalledApp>()
    const paths = new Set<string>()
    for (const root of this.#roots) {
      for (const name of namesIn(root)) {
        paths.add(join(root, name))
        const app = this.#read(root, name)?.app
        if (app && !found.has(app.id)) found.set(app.id, app)
      }
    }
    this.#apps = [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    for (const path of this.#readings.keys()) if (!paths.has(path)) this.#readings.delete(path)
    this.#scannedAt = performance.now()
  }

  /** Differs when an app was installed or removed. */
  #stampOfRoots(): string {
    return this.#roots.map(stampOf).join()
  }

  /** Undefined if the folder has no manifest. A manifest that can't be used is logged once. */
  #read(root: string, name: string): Reading | undefined {
    const path = join(root, name)
    const file = join(path, 'wapp.toml')
    const stamp = stampOf(file)
    const known = this.#readings.get(path)
    if (!stamp || known?.stamp === stamp) return stamp ? known : undefined
    const reading = { stamp, ...this.#appOf(file, name) }
    this.#readings.set(path, reading)
    return reading
  }

  #appOf(file: string, folder: string): { readonly app?: InstalledApp } {
    try {
      const stats = statSync(file)
      if (!stats.isFile()) throw new BrokenManifest('it is not a file')
      if (stats.size > maxManifestBytes) throw new BrokenManifest(`it has over ${maxManifestBytes} bytes`)
      return { app: readManifest(readFileSync(file, 'utf8'), folder) }
    } catch (error) {
      this.#log.warn({ path: file, reason: (error as Error).message }, 'an app of the store is left out')
      return {}
    }
  }
}

function namesIn(root: string): string[] {
  try {
    return readdirSync(root)
  } catch {
    // A root that is not there has no apps, until it is.
    return []
  }
}

/** Differs when the file or folder was changed or replaced; undefined if there is none. */
function stampOf(file: string): string | undefined {
  try {
    const stats = statSync(file, { bigint: true })
    return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`
  } catch {
    return undefined
  }
}
