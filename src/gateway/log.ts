import type { BaseLogger } from 'pino'

/** The gateway's own log. */
export type Log = Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'>
