import type { BaseLogger } from 'pino'

type Bindings = Record<string, unknown>

/** What a request's log is made of, and makes: Fastify's loggers. */
export interface ParentLog extends Pick<BaseLogger, Level | 'level' | 'silent'> {
  child(bindings: Bindings, options?: object): ParentLog
}

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

/** The log of one request. It is made with its first line: most requests have none. */
export class RequestLog implements ParentLog {
  readonly #parent: ParentLog
  readonly #bindings: () => Bindings
  readonly #options: object
  #log: ParentLog | undefined

  constructor(parent: ParentLog, bindings: () => Bindings, options: object) {
    this.#parent = parent
    this.#bindings = bindings
    this.#options = options
  }

  get level(): string {
    return this.#parent.level
  }

  fatal(...line: unknown[]): void {
    this.#write('fatal', line)
  }

  error(...line: unknown[]): void {
    this.#write('error', line)
  }

  warn(...line: unknown[]): void {
    this.#write('warn', line)
  }

  info(...line: unknown[]): void {
    this.#write('info', line)
  }

  debug(...line: unknown[]): void {
    this.#write('debug', line)
  }

  trace(...line: unknown[]): void {
    this.#write('trace', line)
  }

  silent(): void {}

  child(bindings: Bindings, options?: object): ParentLog {
    return this.#made.child(bindings, options)
  }

  get #made(): ParentLog {
    this.#log ??= this.#parent.child(this.#bindings(), this.#options)
    return this.#log
  }

  #write(level: Level, line: unknown[]): void {
    const log = this.#made
    Reflect.apply(log[level], log, line)
  }
}
