import { isStopped } from '../../session/session.ts'
import type { LineOrigin, LogLine } from '../../session-log/record.ts'
import { SessionNotFound } from '../errors.ts'
import { type LogPage, type LogPageQuery, readLogPage } from '../logs/log-page.ts'
import { followLog, readLog, readTail } from '../logs/read-log.ts'
import { tailRange } from '../logs/tail.ts'
import type { View } from './view.ts'

export interface LogQuery {
  /** Only this many of the newest lines; ignored if `after` is given. */
  readonly tail: number
  /** Only lines with a higher `seq`. */
  readonly after?: number | undefined
  readonly stream?: LineOrigin | undefined
}

/** A log as it is written. */
export interface FollowedLog {
  /** The `seq` of the line before the first one. */
  readonly after: number
  readonly pieces: AsyncGenerator<LogLine[]>
  /** After the last piece: has the session written all that it will ever write? Else the log can be followed again. */
  isComplete(): boolean
}

export interface StoredLog {
  readonly folder: string
  /** Resolves when what the session had written before this call can be read. */
  readonly flush: () => Promise<void>
}

/** The log of a session that a principal sees. */
export class LogView {
  readonly #view: View
  readonly #id: number
  readonly #folder: string
  readonly #flush: () => Promise<void>

  constructor(view: View, id: number, { folder, flush }: StoredLog) {
    this.#view = view
    this.#id = id
    this.#folder = folder
    this.#flush = flush
  }

  /** The last lines, as text. */
  async tail(count: number): Promise<string[]> {
    await this.#flush()
    return await readTail(this.#folder, count)
  }

  /** A page of the lines written so far. */
  async page(query: LogPageQuery): Promise<LogPage> {
    await this.#flush()
    return await readLogPage(this.#folder, query)
  }

  /** The lines written so far, in order, in pieces of bounded size. */
  async read({ tail, after, stream }: LogQuery): Promise<AsyncGenerator<LogLine[]>> {
    await this.#flush()
    const range = await tailRange(this.#folder, tail, stream)
    return readLog(this.#folder, { after: after ?? range.after, last: range.last, stream })
  }

  /**
   * The same lines, and then all later ones, until the session is stopped or `gone` aborts.
   * @throws {TooManyStreams}
   */
  async follow({ tail, after, stream }: LogQuery, gone: AbortSignal): Promise<FollowedLog> {
    const closeStream = this.#view.openStream()
    if (gone.aborted) closeStream()
    else gone.addEventListener('abort', closeStream)
    await this.#flush()
    const begin = after ?? (await tailRange(this.#folder, tail, stream)).after
    const { over, isComplete } = this.#end(gone)
    return { after: begin, pieces: followLog(this.#folder, { after: begin, stream }, over), isComplete }
  }

  /** `over` is aborted when the session is stopped, the gateway closes, or the client is gone. */
  #end(gone: AbortSignal): { over: AbortSignal; isComplete: () => boolean } {
    const over = new AbortController()
    let hasStopped = false
    const end = (isStopped: boolean) => {
      hasStopped = isStopped
      over.abort()
    }
    this.#view.waitUntil(this.#id, isStopped, { signal: gone }).then(
      session => end(isStopped(session)),
      // Only stopped sessions are forgotten.
      error => end(error instanceof SessionNotFound)
    )
    return { over: over.signal, isComplete: () => hasStopped && !gone.aborted }
  }
}
