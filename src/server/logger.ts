import { hostname } from 'node:os'
import type { FastifyServerOptions } from 'fastify'
import { redactTokens } from '../gateway/access/token.ts'
import { LogOutput } from './log-output.ts'
import { TerminalLines } from './terminal-lines.ts'

export interface Logger {
  readonly options: FastifyServerOptions['logger']
  /** How many lines of the log have been lost. */
  readonly lostLines: () => number
}

/** Logs on stderr, so that stdout has only what a user asked for: JSON lines, or formatted ones on a terminal. */
export async function openLogger(level: string): Promise<Logger> {
  // The first access makes a pipe or a socket non-blocking: a reader of the log that stalls must not block the gateway.
  const { isTTY } = process.stderr
  const toText = isTTY ? await readable() : (line: string) => line
  const output = new LogOutput({ fd: 2, tellLoss: (lines, why) => toText(lossLine(lines, why)) })
  const write = (line: string) => output.write(toText(line))
  return {
    options: { ...loggerOptions(level), stream: isTTY ? new TerminalLines(write) : { write } },
    lostLines: () => output.lostLines
  }
}

/** The options of pino, without the destination. */
export function loggerOptions(level: string) {
  return {
    level,
    hooks: { streamWrite: redactTokens },
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, url }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode })
    }
  }
}

async function readable(): Promise<(line: string) => string> {
  // Most gateways have no terminal. Once bundled, a module of CommonJS has only its default.
  const { default: pinoPretty } = await import('pino-pretty')
  const pretty = pinoPretty.prettyFactory({
    ignore: 'pid,hostname',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
    colorize: process.stderr.hasColors()
  })
  return line => pretty(withoutControls(line))
}

const escapedControl = /(?<!\\)((?:\\\\)*)\\(u00[01][0-9a-f]|[bfr])/g
/** DEL, C1, and what changes the direction of text. */
const unprintable = /[\u007f-\u009f\p{Bidi_Control}]/gu

/** A JSON line with control characters escaped: output of an app must not control a terminal. */
export function withoutControls(line: string): string {
  return line.replace(escapedControl, '$1\\\\$2').replace(unprintable, '\ufffd')
}

/** As pino would write it. */
function lossLine(lostLines: number, why: string): string {
  const warn = 40
  const line = { level: warn, time: Date.now(), pid: process.pid, hostname: hostname(), lostLines }
  return `${JSON.stringify({ ...line, msg: `lines of this log were lost: ${why}` })}\n`
}
