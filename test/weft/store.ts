import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A stand-in for the runtime that takes any arguments. */
export const runtimeBin = join(import.meta.dirname, '../fixtures/runtime.sh')

export interface ManifestOptions {
  readonly name?: string
  readonly version?: string
  readonly capabilities?: readonly string[]
}

export function manifestOf(id: string, options: ManifestOptions = {}): string {
  const { name = id, version = '1.0.0', capabilities = [] } = options
  const settings = Object.entries({ id, name, version, capabilities })
  return ['[package]', ...settings.map(([key, value]) => `${key} = ${JSON.stringify(value)}`), ''].join('\n')
}

/** Installs an app into a store, or changes it. */
export async function install(store: string, id: string, options?: ManifestOptions): Promise<void> {
  await mkdir(join(store, id), { recursive: true })
  await writeFile(join(store, id, 'wapp.toml'), manifestOf(id, options))
}

/** Sets variables of the gateway's own environment, or removes them, for the time of a test. */
export function environment(t: Test, variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name]
    assign(name, value)
    t.teardown(() => assign(name, before))
  }
}

function assign(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}
