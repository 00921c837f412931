import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/** A command does not name an executable program. */
export class ProgramNotFound extends Error {}

/**
 * Finds the executable a command names, as execvp(3) would, but in the child's own PATH.
 * @throws {ProgramNotFound} that says which part is wrong: the folder, the name, the file's kind or its permission.
 */
export function resolveProgram(name: string, cwd: string, path = ''): string {
  if (!isFolder(cwd)) throw new ProgramNotFound(`the working folder ${cwd} is not there or not a folder`)
  if (name.includes('/')) return checkExecutable(resolve(cwd, name))
  const candidates = path.split(delimiter).map(folder => join(resolve(cwd, folder), name))
  const found = candidates.find(isExecutable)
  if (!found) throw new ProgramNotFound(`there is no program '${name}' on the PATH ${path}`)
  return found
}

function checkExecutable(file: string): string {
  if (isExecutable(file)) return file
  const stats = statSync(file, { throwIfNoEntry: false })
  if (!stats) throw new ProgramNotFound(`there is no program ${file}`)
  throw new ProgramNotFound(
    stats.isDirectory()
      ? `${file} is a folder, not a program`
      : `${file} is not executable: chmod +x, or name its interpreter first`
  )
}

function isFolder(path: string): boolean {
  return attempt(() => statSync(path).isDirectory())
}

function isExecutable(file: string): boolean {
  return attempt(() => {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  })
}

function attempt(test: () => boolean): boolean {
  try {
    return test()
  } catch {
    return false
  }
}
