import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { acceptsConnections } from '../../accepts-connections.ts'
import { listeningPorts } from '../usage/listening-ports.ts'
import { lineOfReadiness } from './readiness-words.ts'

/** How an app showed that it is ready. */
export type Sign =
  | { readonly kind: 'line' }
  | { readonly kind: 'http' | 'tcp'; readonly port: TrialPort }
  | { readonly kind: 'pattern'; readonly line: string }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'exited'
      readonly code: number | null
      readonly signal: NodeJS.Signals | null
      readonly output: readonly string[]
    }

/** The port that it was given, or one that it chose itself. */
export type TrialPort = 'given' | number

export interface Trial {
  readonly sign: Sign
  readonly afterMs: number
}

const pollMs = 100
const stopGraceMs = 5_000
const keptLines = 10
/** How long the given port may come after another port, or any port after a line that looks like readiness. */
const portAfterMs = 1_000

const readyLine = /^READY( \{.*)?$/

/** Runs `command` once, with `{port}` replaced, until it shows that it is ready, ends, or `limitMs` have passed; then stops it. */
export async function tryOnce(command: readonly string[], limitMs: number): Promise<Trial> {
  const port = await freePort()
  const began = Date.now()
  const run = start(command, port)
  try {
    const sign = await findSign(run, { port, deadline: began + limitMs })
    return { sign, afterMs: Date.now() - began }
  } finally {
    await stop(run.child)
  }
}

interface Run {
  readonly child: ChildProcess
  readonly stdout: string[]
  readonly output: string[]
  readonly failed: Promise<never>
}

/** With the environment that the gateway gives to apps, in a process group of its own. */
function start(command: readonly string[], port: number): Run {
  const [program = '', ...args] = command.map(argument => argument.replaceAll('{port}', String(port)))
  const { PATH, HOME, LANG, TZ, TMPDIR } = process.env
  const env = { PATH, HOME, LANG, TZ, TMPDIR, PORT: String(port) }
  const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const stdout: string[] = []
  const output: string[] = []
  const keep = (lines: string[], line: string) => void lines.splice(0, Math.max(0, lines.push(line) - keptLines))
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => {
      keep(output, line)
      if (stream === child.stdout) stdout.push(line)
    })
  }
  const failed = once(child, 'error').then(([error]) => Promise.reject(whyNotStarted(program, error)))
  failed.catch(() => {})
  return { child, stdout, output, failed }
}

function whyNotStarted(program: string, error: NodeJS.ErrnoException): Error {
  return error.code === 'ENOENT' ? new Error(`there is no program '${program}'`, { cause: error }) : error
}

async function findSign(
  run: Run,
  { port, deadline }: { readonly port: number; readonly deadline: number }
): Promise<Sign> {
  let firstSignAt = Infinity
  while (Date.now() < deadline) {
    await Promise.race([sleep(pollMs), run.failed])
    if (run.stdout.some(line => readyLine.test(line))) return { kind: 'line' }
    if (await acceptsConnections({ host: '127.0.0.1', port })) return await portSign(port, 'given')
    const { exitCode: code, signalCode: signal, pid = 0 } = run.child
    if (code !== null || signal !== null) return { kind: 'exited', code, signal, output: run.output }
    const [ownPort] = listeningPorts(pid)
    const line = lineOfReadiness(run.stdout)
    if (ownPort !== undefined || line !== undefined) firstSignAt = Math.min(firstSignAt, Date.now())
    if (Date.now() - firstSignAt < portAfterMs) continue
    if (ownPort !== undefined) return await portSign(ownPort, ownPort)
    if (line !== undefined) return { kind: 'pattern', line }
  }
  return { kind: 'none' }
}

async function portSign(number: number, port: TrialPort): Promise<Sign> {
  return { kind: (await answersHttp(number)) ? 'http' : 'tcp', port }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** As the readiness check of the gateway: 2xx or 3xx. */
async function answersHttp(port: number): Promise<boolean> {
  try {
    const { status } = await fetch(`http://127.0.0.1:${port}/`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(2_000)
    })
    return status >= 200 && status < 400
  } catch {
    return false
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  const exited = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit')
  signalGroup(child.pid, 'SIGTERM')
  await Promise.race([exited, sleep(stopGraceMs, undefined, { ref: false })])
  signalGroup(child.pid, 'SIGKILL')
  await exited
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // Nothing of the group is left.
  }
}
