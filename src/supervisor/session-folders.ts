import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Launch } from '../protocol/launch.ts'
import { identityOf } from '../users/change-user.ts'
import { makeFolder, makeParent, open } from './make-folder.ts'
import { allPids, markOf, readMark, readSessionKey } from './processes/proc.ts'

/** How often it is looked whether the processes of lost sessions are gone, in milliseconds. */
const lookMs = 1_000

/** A timer takes no more. */
const longestTimerMs = 2_147_483_647

/**
 * The folders of sessions and apps, below the state folder: `dirs/session/<id>-<mark>-<keepMs>`, beside it a file `.until`
 * with the time of its removal once the session has ended, `dirs/app/<appId>`, and `dirs/trash`, what is being removed.
 * All that is needed to remove the folders is in their names, so that it survives this process.
 */
export class SessionFolders {
  readonly #root: string
  readonly #notice: (message: string) => void
  readonly #removals = new Set<Promise<void>>()

  constructor(stateFolder: string, notice: (message: string) => void) {
    this.#root = join(stateFolder, 'dirs')
    this.#notice = notice
  }

  /** The path of the folder that an app has, which is there then. @throws {SpawnFailed | UnknownUser} */
  make(launch: Launch): string | undefined {
    const { dir, appId } = launch
    if (dir === undefined) return undefined
    const identity = identityOf(launch)
    makeParent(this.#root)
    makeParent(join(this.#root, dir))
    const folder = dir === 'app' ? join(this.#root, dir, appId) : this.#folderOf(launch)
    makeFolder(folder, identity)
    open(dirname(this.#root), folder, identity)
    return folder
  }

  /** The session has ended: its folder is out of the way at once, or after the time that it is kept. */
  release(launch: Launch): void {
    if (launch.dir !== 'session') return
    const folder = this.#folderOf(launch)
    if (existsSync(folder)) this.#ended(folder, launch.dirKeepMs ?? 0)
  }

  /** Removes what an earlier supervisor has left, as soon as no process of its session is alive. */
  async sweep(): Promise<void> {
    for (const name of entries(join(this.#root, 'trash'))) this.#empty(join(this.#root, 'trash', name))
    const folders = entries(join(this.#root, 'session')).filter(name => !name.endsWith('.until'))
    let lost: string[] = []
    for (const name of folders) {
      const folder = join(this.#root, 'session', name)
      const until = await readFile(`${folder}.until`, 'utf8').catch(() => undefined)
      if (until === undefined) lost.push(folder)
      else this.#removeAt(folder, Number(until))
    }
    while (lost.length > 0) {
      lost = this.#withProcesses(lost)
      if (lost.length > 0) await new Promise(resolve => setTimeout(resolve, lookMs).unref())
    }
  }

  /** Resolves when nothing is being removed. */
  async settled(): Promise<void> {
    await Promise.all(this.#removals)
  }

  #folderOf({ sessionId, key, dirKeepMs = 0 }: Launch): string {
    return join(this.#root, 'session', `${sessionId}-${markOf(key)}-${dirKeepMs}`)
  }

  /** Those of which a process is alive; the others have ended. */
  #withProcesses(folders: readonly string[]): string[] {
    const marks = new Set(allPids().flatMap(marksOf))
    return folders.filter(folder => {
      const [mark, keepMs] = folder.split('-').slice(-2).map(Number)
      if (mark !== undefined && marks.has(mark)) return true
      this.#ended(folder, keepMs ?? 0)
      return false
    })
  }

  #ended(folder: string, keepMs: number): void {
    if (keepMs === 0) this.#remove(folder)
    else this.#keep(folder, keepMs)
  }

  #keep(folder: string, keepMs: number): void {
    const until = Date.now() + keepMs
    try {
      writeFileSync(`${folder}.until`, String(until), { mode: 0o600 })
    } catch (error) {
      this.#notice(`a restart will not know how long ${folder} is kept: ${(error as Error).message}`)
    }
    this.#removeAt(folder, until)
  }

  #removeAt(folder: string, time: number): void {
    const waitMs = Math.min(Math.max(time - Date.now(), 0), longestTimerMs)
    setTimeout(() => this.#remove(folder), waitMs).unref()
  }

  /** First out of reach of every other user, in one step: nobody can put links into its way while it is removed. */
  #remove(folder: string): void {
    const trash = join(this.#root, 'trash')
    const moved = join(trash, folder.slice(folder.lastIndexOf('/') + 1))
    try {
      makeParent(trash, 0o700)
      renameSync(folder, moved)
      rmSync(`${folder}.until`, { force: true })
    } catch (error) {
      this.#notice(`the folder ${folder} can't be removed: ${(error as Error).message}`)
      return
    }
    this.#empty(moved)
  }

  #empty(folder: string): void {
    const removal = rm(folder, { recursive: true, force: true, maxRetries: 3 })
      .catch((error: Error) => this.#notice(`the folder ${folder} can't be removed: ${error.message}`))
      .then(() => {
        this.#removals.delete(removal)
      })
    this.#removals.add(removal)
  }
}

function marksOf(pid: number): number[] {
  const key = readSessionKey(pid)
  return key === undefined ? [readMark(pid)] : [readMark(pid), markOf(key)]
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
