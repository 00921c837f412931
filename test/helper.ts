import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { type BuildOptions, build as buildApp } from '../src/app.ts'
import type { AppEntry } from '../src/config/complete-apps.ts'
import { type Config, loadConfig } from '../src/config/load.ts'
import type { TokenEntry } from '../src/config/schema.ts'
import { validate } from '../src/config/validate.ts'
import { findCgroupPlace } from '../src/limits/cgroup-place.ts'
import type { SpawnerName } from '../src/protocol/spawners.ts'
import type { Session } from '../src/session/session.ts'
import { allProcesses, readSessionKey } from '../src/supervisor/processes/proc.ts'
import { contractFaults } from './contract/response-check.ts'

export const spawners: readonly SpawnerName[] = ['posix-spawn', 'child-process']

/** The ways to run sessions on this machine, for tests of what becomes of processes. */
export const hosts: readonly { readonly name: string; readonly server: Partial<Config['server']> }[] = spawners.flatMap(
  spawner => [
    { name: spawner, server: { spawner, cgroups: 'off' as const } },
    ...('place' in findCgroupPlace()
      ? [{ name: `${spawner} with cgroups`, server: { spawner, cgroups: 'all' as const } }]
      : [])
  ]
)

export interface TestOptions {
  readonly apps?: Readonly<Record<string, Partial<AppEntry>>>
  readonly launchers?: Config['launchers']
  readonly server?: Partial<Config['server']>
  readonly limits?: Partial<Config['limits']>
  readonly defaults?: Partial<Config['defaults']>
  readonly tokens?: readonly TokenEntry[]
  readonly retention?: Partial<Config['retention']>
  readonly stateDir?: string
  readonly runtimeBin?: string
  readonly runtime?: Config['runtime']
  readonly weft?: Partial<Config['weft']>
  readonly spawner?: SpawnerName
  readonly logger?: BuildOptions['logger']
}

/** A folder that goes with the test. Registered before anything that lives in it, so that it is removed last. */
export async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** A configuration as a file with these sections would give it. */
export async function configure(t: Test, options: TestOptions = {}): Promise<Config> {
  const {
    apps = {},
    launchers = {},
    server,
    limits,
    defaults,
    retention,
    tokens = [],
    runtimeBin,
    runtime,
    weft,
    spawner
  } = options
  const stateDir = options.stateDir ?? (await temporaryFolder(t))
  const settings = {
    server: { ...(spawner && { spawner }), ...server },
    limits: { maxStarting: 1_000, ...limits },
    defaults: { stopGraceMs: 500, ...defaults },
    retention: { ...retention },
    tokens,
    launchers,
    ...(runtime && { runtime }),
    ...(weft && { weft }),
    apps
  }
  return {
    ...loadConfig({ env: {}, cwd: '/' }),
    ...validate(settings),
    stateDir,
    baseDir: import.meta.dirname,
    runtimeBin
  }
}

/** The real gateway with the real supervisor, closed when the test ends; nothing of its sessions may be left then, and its answers keep the contract. */
export async function build(t: Test, options: TestOptions = {}): Promise<FastifyInstance> {
  return await buildFrom(t, await configure(t, options), options.logger)
}

/** The same from a whole configuration. */
export async function buildFrom(
  t: Test,
  config: Config,
  logger: BuildOptions['logger'] = false
): Promise<FastifyInstance> {
  const fastify = await buildApp({ config, logger })
  const keys = new Set<string>()
  fastify.registry.subscribe(({ sessionId }) => {
    const key = fastify.gateway.registry.registrations.find(({ session }) => session.id === sessionId)?.key
    if (key) keys.add(key)
  })
  t.teardown(async () => {
    await fastify.close()
    const left = processesOf(keys)
    if (left.length > 0) throw new Error(`processes are left: ${left}`)
    const faults = contractFaults(fastify)
    if (faults.length > 0) throw new Error(`answers are not as openapi.yaml says:\n${faults.slice(0, 10).join('\n')}`)
  })
  return fastify
}

/** Pids of living processes with one of these session keys. */
export function processesOf(keys: ReadonlySet<string>): number[] {
  return allProcesses()
    .map(({ pid }) => pid)
    .filter(pid => keys.has(readSessionKey(pid) ?? ''))
}

/** An app that is a shell script. `exec` in it keeps the pid. */
export function shell(script: string, entry: Partial<AppEntry> = {}): Partial<AppEntry> {
  return { command: ['/bin/sh', '-c', script], ...entry }
}

export async function launch(fastify: FastifyInstance, appId: string, members: object = {}): Promise<Session> {
  const response = await fastify.inject({ method: 'POST', url: '/sessions', payload: { appId, ...members } })
  if (response.statusCode !== 201) throw new Error(`launch of ${appId}: ${response.statusCode} ${response.body}`)
  return response.json()
}

export async function stop(fastify: FastifyInstance, id: number, query = ''): Promise<Session> {
  return (await fastify.inject({ method: 'DELETE', url: `/sessions/${id}${query}` })).json()
}

/** The session once it is ready, stopped, or can't become it any more. */
export async function until(fastify: FastifyInstance, id: number, goal: 'ready' | 'stopped'): Promise<Session> {
  return (await fastify.inject(`/sessions/${id}/wait?for=${goal}&timeoutMs=60000`)).json()
}

/** The types of all the events of a session so far. */
export async function eventTypes(fastify: FastifyInstance, id: number): Promise<string[]> {
  const { items } = (
    await fastify.inject({
      url: `/events?sessionId=${id}&limit=1000`,
      headers: { accept: 'application/json' }
    })
  ).json()
  return items.map(({ type }: { type: string }) => type)
}
