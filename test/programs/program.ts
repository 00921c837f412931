import { execFile } from 'node:child_process'
import { existsSync, readlinkSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { loadConfig } from '../../src/config/load.ts'
import { resolveProgram } from '../../src/resolve-program.ts'
import type { RunningSession, Stop } from '../../src/session/session.ts'
import { allProcesses } from '../../src/supervisor/processes/proc.ts'
import { buildFrom, launch, processesOf, stop, temporaryFolder, until } from '../helper.ts'

const examples = join(import.meta.dirname, '../../examples/programs')
const path = `/usr/lib/postgresql/15/bin:/usr/sbin:${process.env.PATH}`

export const run = promisify(execFile)

/** A session of a real program that can be used. */
export interface Running {
  readonly session: RunningSession
  readonly port: number
  readonly url: string
  /** Where the entries are, and what the programs write. */
  readonly folder: string
  /** What it wrote so far. */
  readonly log: () => Promise<string>
}

export interface ProgramCase {
  /** Programs that must be installed: the test is skipped where they are not, and fails in CI. */
  readonly needs: readonly string[]
  readonly prepare?: (folder: string) => Promise<unknown>
  /** Why the program can't run on this machine although it is installed, which skips the test in CI, too. */
  readonly obstacle?: (folder: string) => Promise<string | undefined>
  readonly use: (t: Test, running: Running) => Promise<unknown>
  /** What is true of the folder and of the end once it is stopped. */
  readonly after?: (t: Test, running: Running, end: Stop) => unknown
  /** Files that must not be left, such as sockets and pid files. */
  readonly gone?: (running: Running) => readonly string[]
}

/** Starts the program from its entry, waits until it is ready, uses and stops it, and looks for what is left. */
export function testProgram(t: Test, appId: string, program: ProgramCase): void {
  const { needs, prepare, obstacle, use, after, gone } = program
  t.test(`${appId} starts, works and stops without a trace`, unlessMissing(needs), async t => {
    const folder = await examplesIn(t)
    await prepare?.(folder)
    const why = await obstacle?.(folder)
    if (why !== undefined) return void t.pass(`skipped: ${why}`, { skip: why })
    const flags = { config: join(folder, 'catalogue.toml'), 'state-dir': await temporaryFolder(t) }
    const fastify = await buildFrom(t, loadConfig({ flags, env: {}, cwd: '/' }))
    const { id } = await launch(fastify, appId)
    const keys = new Set(fastify.gateway.registry.registrations.map(({ key }) => key))
    const session = (await until(fastify, id, 'ready')) as RunningSession
    if (!t.match(session, { appId, state: 'running', readyAt: String })) return
    const port = Number(session.port)
    const log = async () => (await fastify.inject(`/sessions/${id}/logs?tail=1000`)).body
    const running = { session, port, url: `http://127.0.0.1:${port}`, folder, log }
    await use(t, running)
    await stop(fastify, id)
    const stopped = await until(fastify, id, 'stopped')
    t.match(stopped, { state: 'stopped', stop: { reason: 'terminated', survivors: 0 } })
    t.same(processesOf(keys), [], 'no process with its key')
    t.same(processesIn(folder), [], 'no process in its folder')
    if (session.port !== undefined) t.notOk(await isOpen(port), 'its port is closed')
    for (const file of gone?.(running) ?? []) t.notOk(existsSync(file), `${file} is gone`)
    if (stopped.state === 'stopped') await after?.(t, running, stopped.stop)
  })
}

/** A copy of the examples, in which programs can write. */
export async function examplesIn(t: Test): Promise<string> {
  const folder = join(await temporaryFolder(t), 'programs')
  await cp(examples, folder, { recursive: true })
  return folder
}

/** Under CI the programs must be there: a test that is always skipped proves nothing. */
export function unlessMissing(programs: readonly string[]): { readonly skip?: string } {
  const missing = process.env.CI ? [] : programs.filter(program => !isInstalled(program))
  return missing.length > 0 ? { skip: `not installed: ${missing.join(', ')}` } : {}
}

function isInstalled(program: string): boolean {
  try {
    resolveProgram(program, '/', path)
    return true
  } catch {
    return false
  }
}

function processesIn(folder: string): number[] {
  return allProcesses()
    .map(({ pid }) => pid)
    .filter(pid => workingFolder(pid).startsWith(folder))
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
