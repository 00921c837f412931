import type { Launch } from '../../protocol/launch.ts'
import type { PlacedFile } from '../../protocol/placed-file.ts'
import { fill, type PlaceholderValues } from '../placeholders.ts'
import { SpawnFailed } from '../processes/process-host.ts'
import { readRegularFile, whyUnreadable } from '../read-regular-file.ts'
import type { FileToWrite } from './write-files.ts'

const maxBytes = 1_048_576

/** The files of an app with the texts of their templates, as they are now. @throws {SpawnFailed} that names the template */
export async function filesOf({ files = [] }: Pick<Launch, 'files'>): Promise<readonly FileToWrite[]> {
  return await Promise.all(files.map(async file => ({ path: file.path, text: await textOf(file) })))
}

/** The texts that can be read now: those of the others are missed when they are written. */
export async function knownTexts(launch: Pick<Launch, 'files'>): Promise<string[]> {
  const files = await Promise.allSettled((launch.files ?? []).map(textOf))
  return files.flatMap(file => (file.status === 'fulfilled' ? [file.value] : []))
}

export function filled(files: readonly FileToWrite[], values: PlaceholderValues): readonly FileToWrite[] {
  return files.map(({ path, text }) => ({ path, text: fill(text, values) }))
}

async function textOf({ path, text, template = '' }: PlacedFile): Promise<string> {
  if (text !== undefined) return text
  return await readRegularFile(template, maxBytes).catch(error => {
    throw new SpawnFailed(`files.${JSON.stringify(path)}: ${whyUnreadable(error)}: ${template}, its template`)
  })
}
