import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import { build, shell, type TestOptions } from '../helper.ts'
import { Command } from './command.ts'
import { OnTerminal } from './on-terminal.ts'

export const apps = {
  'demo.web': shell('echo READY \'{"url":"x"}\'; echo on stderr >&2; exec sleep 1000'),
  'demo.crash': shell('echo cannot open the database >&2; exit 3'),
  'demo.short': shell('echo READY; echo done; exit 0', { clientEnv: ['GREETING'] })
}

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface GatewayOfCommands {
  readonly url: string
  /** Runs `weft-gateway` with these arguments against the gateway, without a terminal. */
  readonly run: (...args: string[]) => Promise<Outcome>
  /** The same on a terminal that can be watched and typed on. */
  readonly openTerminal: (columns: number, ...args: string[]) => OnTerminal
  /** The same until it ends; `answer` is typed at once. */
  readonly onTerminal: (columns: number, args: readonly string[], answer?: string) => Promise<Outcome>
}

/** A real gateway on a port, and commands that find it by `WEFT_URL`. */
export async function gatewayFor(
  t: Test,
  options: TestOptions = {},
  env: Record<string, string> = {}
): Promise<GatewayOfCommands> {
  const fastify = await build(t, { apps, ...options })
  const url = await fastify.listen({ host: '127.0.0.1', port: 0 })
  const all = { WEFT_URL: url, ...env }
  return {
    url,
    run: (...args) => new Command(t, args, { env: all }).ended(),
    openTerminal: (columns, ...args) => new OnTerminal(t, args, { columns, env: all }),
    onTerminal: async (columns, args, answer) => {
      const terminal = new OnTerminal(t, args, { columns, env: all })
      if (answer) terminal.type(`${answer}\n`)
      return { code: await terminal.exited, stdout: terminal.output, stderr: '' }
    }
  }
}

export const socketIn = (folder: string) => join(folder, 'gateway.sock')

/** Where nothing listens. */
export async function closedUrl(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
