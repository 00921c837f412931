import { resolve } from 'node:path'
import type { AppEntry } from '../../config/complete-apps.ts'
import type { Launch } from '../../protocol/launch.ts'

/** What is done before each start of an app and after its end. */
export function preparationOf(
  { files, before, after }: AppEntry,
  baseDir: string
): Pick<Launch, 'files' | 'before' | 'after'> {
  return {
    ...(files && { files: Object.entries(files).map(([path, file]) => ({ path, ...textOf(file, baseDir) })) }),
    ...(before?.length && { before }),
    ...(after?.length && { after })
  }
}

type FileEntry = NonNullable<AppEntry['files']>[string]

function textOf({ text, template }: FileEntry, baseDir: string) {
  return template === undefined ? { text: text ?? '' } : { template: resolve(baseDir, template) }
}
