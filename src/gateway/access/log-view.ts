import { isStopped } from '../../session/session.ts'
import type { LogLine, StreamName } from '../../session-log/record.ts'
import { type LogPage, type LogPageQuery, readLogPage } from '../logs/log-page.ts'
import { followLog, readLog, readTail } from '../logs/read-log.ts'
import { tailRange } from '../logs/tail.ts'
import type { View } from './view.ts'

export interface LogQuery {
  /** Only this many of the newest lines; ignored if `after` is given. */
  readonly tail: number
  /** Only lines with a higher `seq`. */
  readonly after?: number | undefined
  readonly stream?: StreamName | undefined
}

/** The log of a session that a principal sees. */
export class LogView {
  readonly #view: View
  readonly #id: number
  readonly #folder: string

  constructor(view: View, id: number, folder: string) {
    this.#view = view
    this.#id = id
    this.#folder = folder
  }

  /** The last lines, as text. */
  async tail(count: number): Promise<string[]> {
    return await readTail(this.#folder, count)
  }

  /** A page of the lines written so far. */
  async page(query: LogPageQuery): Promise<LogPage> {
    return await readLogPage(this.#folder, query)
  }

  /** The lines written so far, in order, in pieces of bounded size. */
  async read({ tail, after, stream }: LogQuery): Promise<AsyncGenerator<LogLine[]>> {
    const range = await tailRange(this.#folder, tail, stream)
    return readLog(this.#folder, { after: after ?? range.after, last: range.last, stream })
  }

  /**
   * The same lines, and then all later ones, until the session is stopped or `gone` aborts.
   * @throws {TooManyStreams}
   */
  async follow({ tail, after, stream }: LogQuery, gone: AbortSignal): Promise<AsyncGenerator<LogLine[]>> {
    const closeStream = this.#view.openStream()
    if (gone.aborted) closeStream()
    else gone.addEventListener('abort', closeStream)
    const range = await tailRange(this.#folder, tail, stream)
    return followLog(this.#folder, { after: after ?? range.after, stream }, this.#stopped(gone))
  }

  /** Aborted when the session is stopped or the client is gone. */
  #stopped(gone: AbortSignal): AbortSignal {
    const over = new AbortController()
    const end = () => over.abort()
    // If the session is no longer known, the follow ends, too.
    this.#view.waitUntil(this.#id, isStopped, { signal: gone }).then(end, end)
    return over.signal
  }
}
