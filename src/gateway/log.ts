import type { BaseLogger } from 'pino'

/** The gateway's own log, as far as the parts write to it. */
export type Log = Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'>
