import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Test } from 'tap'
import { build, shell, type TestOptions } from '../helper.ts'
import { Command } from './command.ts'

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname
const onPty = new URL('../fixtures/on-terminal.py', import.meta.url).pathname

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
  /** The same on a terminal; `answer` is typed at once. */
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
    onTerminal: (columns, args, answer = '') =>
      runOnTerminal(t, [String(columns), process.execPath, main, ...args], { ...all, ANSWER: answer })
  }
}

async function runOnTerminal(t: Test, args: readonly string[], env: Record<string, string>): Promise<Outcome> {
  const surroundings = { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', ...env }
  const child = spawn('python3', [onPty, ...args], {
    cwd: '/',
    env: surroundings,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  let stdout = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr: '' }
}

export const socketIn = (folder: string) => join(folder, 'gateway.sock')
