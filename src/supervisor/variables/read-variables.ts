import { parseEnv } from 'node:util'
import type { FileVariables } from '../../protocol/file-variables.ts'
import { SpawnFailed } from '../processes/process-host.ts'
import { readRegularFile, whyUnreadable } from '../read-regular-file.ts'

/** What execve(2) takes of one variable. */
const maxBytes = 131_000

export interface ReadVariables {
  readonly env: Readonly<Record<string, string>>
  /** Values of `secrets`. */
  readonly secrets: readonly string[]
  /** Values from dotenv files, of which some are secrets. */
  readonly others: readonly string[]
}

/** @throws {SpawnFailed} that names the setting and the file, and nothing of its content */
export async function readVariables({ envFiles, secrets, fixed }: FileVariables): Promise<ReadVariables> {
  const parsed = await Promise.all(envFiles.map(async file => parseEnv(await read(file, 'envFile'))))
  const merged: Record<string, string> = Object.assign({}, ...parsed)
  const ofFiles = Object.entries(merged).filter(([name]) => !fixed.includes(name) && !Object.hasOwn(secrets, name))
  const ofSecrets = await Promise.all(
    Object.entries(secrets).map(async ([name, file]): Promise<[string, string]> => {
      // Editors and `echo` end a file with a newline that is not meant.
      const value = (await read(file, `secrets.${name}`)).replace(/\r?\n$/, '')
      return [name, value]
    })
  )
  return {
    env: Object.fromEntries([...ofFiles, ...ofSecrets]),
    secrets: ofSecrets.map(([, value]) => value),
    others: Object.values(merged)
  }
}

async function read(path: string, setting: string): Promise<string> {
  const text = await readRegularFile(path, maxBytes).catch((error: NodeJS.ErrnoException) => {
    throw new SpawnFailed(`${setting}: ${whyUnreadable(error)}: ${path}`)
  })
  if (text.includes('\0')) throw new SpawnFailed(`${setting}: a variable can't have the NUL byte of ${path}`)
  return text
}
