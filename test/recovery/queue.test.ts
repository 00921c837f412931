import { existsSync, readFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { Store } from '../../src/gateway/store/store.ts'
import type { Session } from '../../src/session/session.ts'
import { transition } from '../../src/session/transition.ts'
import { type EventOfTest, GatewayProcess, tryKill } from '../gateway-process.ts'
import { shell } from '../helper.ts'

/** WEFT_QUEUE_KILLS makes it longer. */
const kills = Number(process.env.WEFT_QUEUE_KILLS ?? 12)

const burst = 6

/** Notes each start with what its launch gave. */
const note = 'echo "$WEFT_SESSION_ID $NAME" >> "$WEFT_TEST_STATE/starts"'
const apps = {
  brief: shell(`${note}; echo READY`, { clientEnv: ['NAME'] }),
  steady: shell(`${note}; echo READY; exec sleep 600`, { clientEnv: ['NAME'] }),
  mute: shell('exec sleep 600')
}

async function launch(gateway: GatewayProcess, appId: string, NAME?: string): Promise<Session> {
  const response = await gateway.call('/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appId, ...(NAME && { env: { NAME } }) })
  })
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as Session
}

const stop = (gateway: GatewayProcess, id: number) =>
  gateway.call(`/sessions/${id}`, { method: 'DELETE', headers: { prefer: 'wait=60' } })

/** What was started, in the order of the starts: `<id> <name>` each. */
function starts({ stateDir }: GatewayProcess): string[] {
  const file = join(stateDir, 'starts')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
}

/** Environments that the store has. */
function storedEnvironments({ stateDir }: GatewayProcess): string[] {
  const database = new DatabaseSync(join(stateDir, 'gateway.db'), { readOnly: true })
  const rows = database.prepare('SELECT env FROM queued_launches ORDER BY session_id').all()
  database.close()
  return rows.map(({ env }) => String(env))
}

/** Kills the gateway as soon as it has told of so many events. */
async function killAfter(gateway: GatewayProcess, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = count
  const request = get(`${gateway.url}/events`, response => {
    createInterface({ input: response })
      .on('line', line => {
        if (JSON.parse(line).id && --left === 0) resolve()
      })
      .on('error', () => {})
    response.on('error', () => {})
  })
  request.on('error', () => {})
  await promise
  await gateway.signal('SIGKILL')
  request.destroy()
}

function contradictions(events: readonly EventOfTest[]): string[] {
  const found = events.flatMap(({ seq }, index) => (seq === index + 1 ? [] : [`event ${index + 1} has seq ${seq}`]))
  for (const [id, own] of Map.groupBy(events, ({ session }) => session.id)) {
    const types = own.map(({ type }) => type).join()
    if (!/^Launched(,Starting)?,AppReady(,Stopping)?,Stopped$/.test(types)) found.push(`session ${id}: ${types}`)
  }
  return found
}

t.test(
  'a gateway killed at any moment loses no queued session, starts none twice, and keeps the order',
  { timeout: 600_000 },
  async t => {
    const gateway = await GatewayProcess.start(t, { apps, limits: { maxStarting: 1 } })
    const names = new Map<number, string>()
    for (let round = 0; round < kills; round++) {
      const clients = Array.from({ length: burst }, async (_, index) => {
        const name = `${round}.${index}`
        names.set((await launch(gateway, 'brief', name)).id, name)
      })
      // What was not answered may be launched or not.
      const answered = Promise.allSettled(clients)
      await killAfter(gateway, 1 + ((round * 5) % (3 * burst)))
      await answered
      await gateway.start()
    }
    const { items } = (await (await gateway.call('/sessions?limit=1000')).json()) as { items: Session[] }
    for (const { id } of items) {
      t.match(await gateway.until(id, 'stopped'), { readyAt: /Z$/, stop: { reason: 'exited', exitCode: 0 } })
    }
    const ids = items.map(({ id }) => id)
    t.same(
      [...names.keys()].filter(id => !ids.includes(id)),
      [],
      'what was answered with 201 is there'
    )
    const started = starts(gateway)
    t.same(
      started.map(line => Number(line.split(' ')[0])),
      ids,
      'each is started once, in the order of the launches'
    )
    t.same(
      started.filter(line => names.has(Number.parseInt(line, 10))),
      ids.filter(id => names.has(id)).map(id => `${id} ${names.get(id)}`),
      'with the environment of its launch'
    )
    t.same(contradictions(await gateway.events()), [])
    t.same(storedEnvironments(gateway), [])
  }
)

/** A gateway that was killed after it had written that the turn of a session has come, and before it told the supervisor. */
async function killedBeforeTheLaunchIsPassedOn(t: Parameters<typeof GatewayProcess.start>[0]) {
  const gateway = await GatewayProcess.start(t, { apps, limits: { maxStarting: 1 } })
  const first = await launch(gateway, 'mute')
  const ids = [(await launch(gateway, 'steady', 'a')).id, (await launch(gateway, 'steady', 'b')).id]
  await gateway.signal('SIGKILL')
  const log = new Store(join(gateway.stateDir, 'gateway.db'))
  const [id] = ids as [number]
  const time = Date.now()
  const { session, event } = transition(log.find(id) as Session, { type: 'start', time })
  await log.commit([{ verb: 'advance', session, time, event, forgetsQueuedEnv: false }])
  log.close()
  return { gateway, first, ids: ids as [number, number] }
}

t.test('killed between Starting and the spawn: the next gateway starts it, once', async t => {
  const { gateway, first, ids } = await killedBeforeTheLaunchIsPassedOn(t)
  await gateway.start()
  t.match(await gateway.until(ids[0], 'ready'), { state: 'running' })
  await stop(gateway, first.id)
  t.match(await gateway.until(ids[1], 'ready'), { state: 'running' })
  t.same(starts(gateway), [`${ids[0]} a`, `${ids[1]} b`])
  const types = (await gateway.events()).filter(({ session }) => session.id === ids[0]).map(({ type }) => type)
  t.same(types, ['Launched', 'Starting', 'AppReady'])
  await gateway.signal('SIGKILL')
  await gateway.start()
  t.match(await gateway.session(ids[0]), { state: 'running' })
  t.equal(starts(gateway).length, 2)
})

t.test(
  'killed there together with its supervisor: it may have been started, so it is over; the queue goes on',
  async t => {
    const { gateway, ids } = await killedBeforeTheLaunchIsPassedOn(t)
    tryKill(gateway.supervisorPid() as number)
    await gateway.start()
    t.match(await gateway.until(ids[0], 'stopped'), { stop: { reason: 'supervisorLost' } })
    t.match(await gateway.until(ids[1], 'ready'), { state: 'running' })
    t.same(starts(gateway), [`${ids[1]} b`])
  }
)

t.test('a stop of a session between Starting and the spawn is kept, and it ends as terminated', async t => {
  const { gateway, ids } = await killedBeforeTheLaunchIsPassedOn(t)
  const log = new Store(join(gateway.stateDir, 'gateway.db'))
  const request = { reason: 'terminated', initiator: 'client' } as const
  const time = Date.now()
  const { session, event } = transition(log.find(ids[0]) as Session, { type: 'stop', time, ...request })
  await log.commit([{ verb: 'advance', session, time, event, stopRequest: request, forgetsQueuedEnv: false }])
  log.close()
  await gateway.start()
  t.match(await gateway.until(ids[0], 'stopped'), { stop: { reason: 'terminated', initiator: 'client' } })
})

t.test('the store has the environment of a launch while it is queued, and of no other', async t => {
  const gateway = await GatewayProcess.start(t, { apps, limits: { maxStarting: 1 } })
  const unqueued = await launch(gateway, 'steady', 'not queued')
  await gateway.until(unqueued.id, 'ready')
  const first = await launch(gateway, 'mute')
  const [queued, stopped] = [await launch(gateway, 'steady', 'queued'), await launch(gateway, 'steady', 'stopped')]
  t.same(storedEnvironments(gateway), ['{"NAME":"queued"}', '{"NAME":"stopped"}'])
  await stop(gateway, stopped.id)
  t.same(storedEnvironments(gateway), ['{"NAME":"queued"}'])
  await stop(gateway, first.id)
  await gateway.until(queued.id, 'ready')
  t.same(storedEnvironments(gateway), [])
})
