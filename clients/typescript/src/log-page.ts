import type { Answer } from './answer.ts'
import type { components } from './contract.ts'
import { type LogsOptions, rangeNames } from './logs.ts'
import { checked, sessionPath } from './options.ts'
import type { Transport } from './transport.ts'

/** A page of a log. */
export type LogLinePage = components['schemas']['LogLinePage']

export interface LogLinesOptions extends LogsOptions {
  /** Only lines with a lower `seq`, the newest of them. */
  readonly before?: number | undefined
  /** Only lines that hold this text. */
  readonly text?: string | undefined
  /** Lines on a page: 1000 by default, and at most. */
  readonly limit?: number | undefined
}

/** One page of the lines written so far: the newest, or those before or after a `seq`. */
export function readLogPage(transport: Transport, id: number, options: LogLinesOptions): Answer<LogLinePage> {
  return transport.json(
    () => sessionPath(id, '/log-lines'),
    () => {
      const own = ['before', 'text', 'limit', ...rangeNames]
      const { tail, after, before, stream, text: q, limit, ...call } = checked(options, own)
      return { ...call, query: { tail, after, before, stream, q, limit } }
    }
  )
}
