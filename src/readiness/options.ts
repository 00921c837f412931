import type { ReadinessKindName } from './kinds.ts'

/** Members of `ready` beside its kind. */
export interface ReadyOptions {
  /** Where a line is looked for; by default stdout for `line`, both for `pattern`. */
  readonly stream?: 'stdout' | 'stderr' | 'both'
  /** The line must be followed by a blank and the value of `WEFT_READY_TOKEN`. */
  readonly token?: true
  readonly status?: number | readonly number[]
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  readonly intervalMs?: number
  /** Whether an answer counts, too, that no process of the session gives. */
  readonly anyProcess?: boolean
  /** The longest time between two times that a running app sends `WATCHDOG=1`. */
  readonly watchdogMs?: number
}

export type ReadyOptionName = keyof ReadyOptions

interface Option {
  /** The kinds that it belongs to. */
  readonly kinds: readonly ReadinessKindName[]
  /** JSON Schema of its value. */
  readonly schema: object
}

const day = 86_400_000
const status = { type: 'integer', minimum: 100, maximum: 599 }

export const readyOptions: Readonly<Record<ReadyOptionName, Option>> = {
  stream: {
    kinds: ['line', 'pattern'],
    schema: {
      enum: ['stdout', 'stderr', 'both'],
      description: 'where a line is looked for; by default stdout for `line`, both for `pattern`'
    }
  },
  token: {
    kinds: ['line'],
    schema: { const: true, description: 'the line is followed by a blank and the value of WEFT_READY_TOKEN' }
  },
  status: {
    kinds: ['http'],
    schema: {
      ...{ ...status, type: ['integer', 'array'], items: status, minItems: 1 },
      description: 'the status, or the statuses, of an answer that counts; by default 2xx and 3xx'
    }
  },
  headers: {
    kinds: ['http'],
    schema: {
      ...{ type: 'object', additionalProperties: { type: 'string', pattern: '^[\\t\\x20-\\x7e]*$' } },
      ...{ propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" }, description: 'headers of the request' }
    }
  },
  timeoutMs: {
    kinds: ['tcp', 'http', 'socket', 'command'],
    schema: { type: 'integer', minimum: 1, maximum: day, description: 'of one attempt; 2000 by default' }
  },
  intervalMs: {
    kinds: ['tcp', 'http', 'socket', 'file', 'command'],
    schema: { type: 'integer', minimum: 1, maximum: day, description: 'between two attempts; 100 by default' }
  },
  anyProcess: {
    kinds: ['tcp', 'http'],
    schema: { type: 'boolean', description: 'an answer counts, too, that no process of the session gives' }
  },
  watchdogMs: {
    kinds: ['notify'],
    schema: {
      ...{ type: 'integer', minimum: 1, maximum: day },
      description: 'the run is ended if the app does not send WATCHDOG=1 within that time'
    }
  }
}

export const readyOptionNames = Object.keys(readyOptions) as readonly ReadyOptionName[]
