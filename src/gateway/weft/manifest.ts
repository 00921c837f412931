import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { parse } from 'smol-toml'
import type { InstalledApp } from '../launch/app-source.ts'

/** The ids that the WEFT runtime accepts. */
const appIdPattern = /^(?=.{1,128}$)[a-z][a-z0-9]*(\.[a-z][a-z0-9]*){2,}$/

const Manifest = Type.Object({
  package: Type.Object({
    id: Type.String({ minLength: 1 }),
    name: Type.String({ minLength: 1, maxLength: 256 }),
    version: Type.String({ minLength: 1, maxLength: 128 }),
    capabilities: Type.Optional(Type.Array(Type.String()))
  })
})

/** A manifest can't be used; the message says why. */
export class BrokenManifest extends Error {}

export function isAppId(text: string): boolean {
  return appIdPattern.test(text)
}

/**
 * The app that a `wapp.toml` describes.
 * @param folder the name of its folder, by which the runtime finds the app
 * @throws {BrokenManifest}
 */
export function readManifest(text: string, folder: string): InstalledApp {
  const { id, name, version, capabilities = [] } = check(parseToml(text)).package
  if (!isAppId(id)) {
    throw new BrokenManifest(`package.id ${quote(id)} is not an app id such as com.example.notes`)
  }
  if (id !== folder) throw new BrokenManifest(`package.id ${quote(id)} is not the name of its folder`)
  // The shell of WEFT OS puts names into its page as HTML.
  if (/[<>]/.test(name)) throw new BrokenManifest('package.name has markup')
  return { id, name, version, capabilities }
}

function parseToml(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    const [summary = ''] = (error as Error).message.split('\n')
    throw new BrokenManifest(summary)
  }
}

function check(value: unknown): Static<typeof Manifest> {
  if (Value.Check(Manifest, value)) return value
  const { path, message } = Value.Errors(Manifest, value).First() ?? { path: '', message: 'is not valid' }
  throw new BrokenManifest(`${path.slice(1).replaceAll('/', '.')}: ${message}`)
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200))
}
