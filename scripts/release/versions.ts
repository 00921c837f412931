import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the version is written, and how it is found there. */
const places: Readonly<Record<string, RegExp>> = {
  'package.json': /^ {2}"version": "(.+)"/m,
  'package-lock.json': /^ {2}"version": "(.+)"/m,
  'clients/typescript/package.json': /^ {2}"version": "(.+)"/m,
  'clients/python/src/weft_gateway/_version.py': /^__version__ = "(.+)"/m,
  'openapi.yaml': /^ {2}version: (.+)$/m,
  'openapi.json': /^ {4}"version": "(.+)"/m,
  'openapi-3.0.yaml': /^ {2}version: (.+)$/m,
  'asyncapi.yaml': /^ {2}version: (.+)$/m,
  'man/weft-gateway.1': /^\.TH .*"weft-gateway (.+?)"/m
}

/** The files under `root` that have another version than package.json. */
export async function otherVersions(root: string): Promise<string[]> {
  const version = await versionOf(root)
  const found = await Promise.all(
    Object.entries(places).map(async ([file, pattern]) => {
      const [, other = 'no version'] = pattern.exec(await readFile(join(root, file), 'utf8')) ?? []
      return other === version ? [] : [`${file} has ${other}, package.json ${version}`]
    })
  )
  return found.flat()
}

export async function versionOf(root: string): Promise<string> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version
}
