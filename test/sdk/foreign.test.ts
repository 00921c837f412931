import t, { type Test } from 'tap'
import { build, shell } from '../helper.ts'
import { holder } from '../tokens.ts'
import type { Recipe } from './recipe.ts'
import { chosenRecipes } from './recipes.ts'
import { serveTomorrow, valuesOfTomorrow } from './tomorrow.ts'
import { missingPrograms, prepare } from './toolchain.ts'

const apps = {
  steady: shell('echo READY; echo hello; exec sleep 60'),
  crash: shell('echo sorry >&2; exit 3'),
  slow: shell('exec sleep 60')
}

const { SessionState, StopReason, EventType, ErrorCode } = valuesOfTomorrow

/** What each driver prints, as lines of JSON. */
const lines = [
  { step: 'launch', id: 1, appId: 'steady', state: 'running', team: 'a' },
  { step: 'read', id: 1, state: 'running' },
  { step: 'wait', state: 'running' },
  { step: 'list', ids: [1, 2, 3] },
  { step: 'problem', status: 429, code: 'too-many-sessions' },
  { step: 'stop', state: 'stopped', reason: 'terminated', signalsSent: ['SIGTERM'], survivors: 0 },
  { step: 'events', types: ['Launched', 'AppReady', 'Stopping', 'Stopped'] },
  { step: 'logs', lines: ['stdout READY', 'stdout hello'] },
  { step: 'problem', status: 400, code: 'invalid-request', pointer: '/body/env/A=B' },
  { step: 'problem', status: 422, code: 'idempotency-mismatch' },
  { step: 'problem', status: 404, code: 'app-not-found' },
  { step: 'problem', status: 404, code: 'session-not-found' },
  { step: 'problem', status: 410, code: 'cursor-expired' },
  { step: 'problem', status: 502, code: 'launch-failed', exitCode: 3, logTail: ['sorry'] },
  { step: 'problem', status: 401, code: 'unauthorized' },
  {
    step: 'tomorrow',
    ids: [1, 2, 3],
    state: SessionState,
    reason: StopReason,
    types: [EventType, 'AppReady', 'Stopping', 'Stopped'],
    withSession: 3,
    code: ErrorCode
  }
]

for (const recipe of chosenRecipes()) {
  const missing = missingPrograms(recipe)
  const mayBeMissing = !process.env.CI || !recipe.debian
  const skip = missing.length > 0 && mayBeMissing && `${missing.join(' and ')} not installed`
  const name = `an SDK of ${recipe.generator} for ${recipe.language} compiles, drives a gateway, and reads answers of tomorrow`
  t.test(name, { skip, timeout: 600_000 }, t => drive(t, recipe))
}

async function drive(t: Test, recipe: Recipe): Promise<void> {
  const shell = await prepare(recipe)
  await timed(t, 'install', () => shell(recipe.install))
  await timed(t, 'generate', () => shell(recipe.generate))
  await timed(t, 'compile', () => shell(recipe.compile))
  const owner = holder('owner')
  const fastify = await build(t, { apps, limits: { maxSessions: 3 }, tokens: [owner.entry] })
  const gateway = await fastify.listen({ port: 0 })
  const tomorrow = await serveTomorrow(t, gateway)
  const output = await timed(t, 'drive', () => shell([`${recipe.drive} ${gateway} ${tomorrow} ${owner.token}`]))
  const told = output.trim().split('\n')
  t.same(told.map(parse), lines)
}

async function timed<T>(t: Test, what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  t.comment(`${what}: ${Math.round((performance.now() - start) / 100) / 10} s`)
  return result
}

/** Without members that are null. */
function parse(line: string): unknown {
  return JSON.parse(line, (_, value) => value ?? undefined)
}
