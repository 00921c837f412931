import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Test } from 'tap'
import type { ErrorCode } from '../../src/gateway/errors.ts'
import { build, shell, type TestOptions } from '../helper.ts'
import { tmpfs } from '../tmpfs.ts'
import { holder } from '../tokens.ts'

/** Errors that no call of the drivers gets, each with the reason. */
export const notForSdks: Partial<Record<ErrorCode, string>> = {
  'method-not-allowed': 'it calls only operations of openapi.yaml',
  'not-acceptable': 'it accepts what the operation answers',
  'unsupported-media-type': 'it sends a body as JSON',
  'session-ended': 'the drivers change no session; test/routes/session-changes.test.ts has it',
  internal: 'it tells of a fault of the gateway, which no request is known to provoke'
}

/** A call with fixed parameters: `getApp` of `nobody`, `getSession` of 99, `getProblemType` of `nonsense`, `listEvents` since `other.1`. */
export interface Call {
  readonly operation: 'launchSession' | 'getApp' | 'getSession' | 'getProblemType' | 'listEvents'
  readonly url: string
  readonly token: string
  /** Of `launchSession`. */
  readonly request?: {
    readonly appId: string
    readonly labels?: Record<string, string>
    readonly env?: Record<string, string>
  }
  readonly idempotencyKey?: string
  readonly waitMs?: number
}

export interface ProblemCase {
  readonly call: Call
  readonly answer: {
    readonly status: number
    readonly code: ErrorCode
    readonly pointer?: string
    readonly exitCode?: number
    readonly logTail?: readonly string[]
  }
}

const apps = {
  steady: shell('echo READY; exec sleep 600', { clientEnv: ['TEXT'], readyTimeoutMs: 600_000 }),
  crash: shell('echo sorry >&2; exit 3'),
  slow: shell('exec sleep 600', { clientEnv: ['TEXT'], readyTimeoutMs: 600_000 })
}

const owner = holder('owner')
const reader = holder('reader', ['read'])
const { token } = owner

/** URLs of gateways whose trouble takes some time to come, and lasts. */
export interface LastingTrouble {
  readonly hungSupervisor: string
  /** Undefined where no disk can be mounted. */
  readonly fullDisk: string | undefined
}

export async function serveLastingTrouble(t: Test): Promise<LastingTrouble> {
  const [hungSupervisor, fullDisk] = await Promise.all([serveHungSupervisor(t), serveFullDisk(t)])
  return { hungSupervisor, fullDisk }
}

/** For each error a call that gets it, from gateways in all kinds of trouble. */
export async function serveProblems(t: Test, { hungSupervisor, fullDisk }: LastingTrouble): Promise<ProblemCase[]> {
  const url = (await start(t)).url
  const launch = { operation: 'launchSession', url, token } as const
  const getApp = { operation: 'getApp', url, token } as const
  const steady = { appId: 'steady' }
  const occupied = { ...launch, url: await serveOccupied(t) }
  return [
    { call: { ...occupied, ...inFlight }, answer: { status: 409, code: 'idempotency-in-flight' } },
    { call: { ...getApp, url: await serveBusy(t) }, answer: { status: 429, code: 'rate-limited' } },
    { call: { ...occupied, request: steady }, answer: { status: 429, code: 'too-many-sessions' } },
    {
      call: { ...launch, request: { ...steady, env: { 'A=B': 'c' } } },
      answer: { status: 400, code: 'invalid-request', pointer: '/body/env/A=B' }
    },
    { call: { ...getApp, token: 'unknown' }, answer: { status: 401, code: 'unauthorized' } },
    { call: { ...launch, token: reader.token, request: steady }, answer: { status: 403, code: 'forbidden' } },
    { call: getApp, answer: { status: 404, code: 'app-not-found' } },
    { call: { operation: 'getSession', url, token }, answer: { status: 404, code: 'session-not-found' } },
    { call: { operation: 'getProblemType', url, token }, answer: { status: 404, code: 'not-found' } },
    { call: { operation: 'listEvents', url, token }, answer: { status: 410, code: 'cursor-expired' } },
    {
      call: { ...launch, request: { ...steady, env: { TEXT: 'x'.repeat(70_000) } } },
      answer: { status: 413, code: 'payload-too-large' }
    },
    {
      call: { ...getApp, url: await forwardTo(t, url, { host: 'gateway.example' }) },
      answer: { status: 421, code: 'host-not-allowed' }
    },
    {
      call: { ...launch, idempotencyKey: await useKey(url), request: steady },
      answer: { status: 422, code: 'idempotency-mismatch' }
    },
    {
      call: { ...launch, request: { appId: 'crash' }, waitMs: 60_000 },
      answer: { status: 502, code: 'launch-failed', exitCode: 3, logTail: ['sorry'] }
    },
    { call: { ...launch, url: await serveDraining(t), request: steady }, answer: { status: 503, code: 'draining' } },
    {
      call: { ...launch, url: hungSupervisor, request: steady },
      answer: { status: 503, code: 'supervisor-unavailable' }
    },
    ...(fullDisk ? [{ call: { ...launch, url: fullDisk, request: steady }, answer: noStorage }] : [])
  ]
}

const noStorage = { status: 503, code: 'storage-unavailable' } as const

async function start(t: Test, options: TestOptions = {}) {
  const fastify = await build(t, { apps, tokens: [owner.entry, reader.entry], ...options })
  return { fastify, url: await fastify.listen({ port: 0 }) }
}

const post = (url: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { ...owner.headers, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body)
  })

/** The minute in which no other request is answered begins with the request before. */
async function serveBusy(t: Test): Promise<string> {
  const { url } = await start(t, { limits: { requestsPerMinute: 1 } })
  return await forwardTo(t, url, { before: () => fetch(`${url}/apps`, { headers: owner.headers }) })
}

const slow = { appId: 'slow', labels: { team: 'a' }, env: { TEXT: 'a' } }
const inFlight = { request: slow, idempotencyKey: 'in-flight', waitMs: 120_000 }

async function serveOccupied(t: Test): Promise<string> {
  const { fastify, url } = await start(t, { limits: { maxSessions: 1 } })
  const { request, waitMs, idempotencyKey } = inFlight
  const before = async () => {
    if (fastify.registry.live.length > 0) return
    const launch = post(`${url}/sessions?waitMs=${waitMs}`, request, { 'idempotency-key': idempotencyKey })
    launch.catch(() => {})
    while (fastify.registry.live.length === 0) await new Promise(setImmediate)
  }
  return await forwardTo(t, url, { before })
}

async function useKey(url: string): Promise<string> {
  await post(`${url}/sessions`, { appId: 'slow' }, { 'idempotency-key': 'used' })
  return 'used'
}

async function serveDraining(t: Test): Promise<string> {
  const { fastify, url } = await start(t)
  await fastify.gateway.launcher.stopAll({ force: true })
  return url
}

async function serveHungSupervisor(t: Test): Promise<string> {
  const { fastify, url } = await start(t)
  const pid = fastify.supervisor.welcome?.pid as number
  process.kill(pid, 'SIGSTOP')
  t.teardown(() => process.kill(pid, 'SIGCONT'))
  while (fastify.supervisor.isUsable) await new Promise(resolve => setTimeout(resolve, 20))
  return url
}

async function serveFullDisk(t: Test): Promise<string | undefined> {
  const disk = await tmpfs(t, '3m')
  if (!disk) return undefined
  const filler = join(disk, 'filler')
  const { url } = await start(t, { stateDir: join(disk, 'state') })
  t.teardown(() => rm(filler, { force: true }))
  await writeFile(filler, Buffer.alloc(8_388_608)).catch(() => {})
  // The write-ahead log may have some room left.
  while ((await post(`${url}/sessions`, { appId: 'crash' })).status !== noStorage.status) {}
  return url
}

interface Forwarding {
  /** Done for each request, before it is forwarded. */
  readonly before?: () => Promise<unknown>
  /** The host name that is sent to the gateway. */
  readonly host?: string
}

async function forwardTo(t: Test, gateway: string, { before, host }: Forwarding): Promise<string> {
  const forward = async (request: IncomingMessage, response: ServerResponse) => {
    await before?.()
    const headers = { ...request.headers, ...(host && { host }) }
    const forwarded = send(gateway + request.url, { method: request.method ?? 'GET', headers }, answer => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      pipeline(answer, response).catch(() => {})
    })
    await pipeline(request, forwarded)
  }
  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
