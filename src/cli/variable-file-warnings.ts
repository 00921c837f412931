import { accessSync, constants, statSync } from 'node:fs'
import type { FileVariables } from '../protocol/file-variables.ts'

/** `o+r`, see chmod(1). */
const readableByOthers = 0o004

/** Files of `envFile` and `secrets` that a start would miss, or that every user of the machine can read. */
export function variableFileWarnings(
  files: FileVariables | undefined
): readonly (readonly [setting: readonly string[], detail: string])[] {
  if (!files) return []
  const named = [
    ...files.envFiles.map(file => [['envFile'], file] as const),
    ...Object.entries(files.secrets).map(([name, file]) => [['secrets', name, 'file'], file] as const)
  ]
  return named.flatMap(([setting, file]) => {
    const detail = fileWarning(file)
    return detail === undefined ? [] : [[setting, detail] as const]
  })
}

function fileWarning(file: string): string | undefined {
  try {
    const stats = statSync(file, { throwIfNoEntry: false })
    if (!stats) return `there is no file ${file}`
    if (!stats.isFile()) return `${file} is no regular file`
    accessSync(file, constants.R_OK)
    return stats.mode & readableByOthers
      ? `every user of this machine can read ${file}; chmod o-r takes that away`
      : undefined
  } catch {
    return `${file} can't be read by the user that runs this check`
  }
}
