import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import t from 'tap'
import { type EventOfTest, GatewayProcess, tryKill } from '../gateway-process.ts'
import { shell } from '../helper.ts'

/*
 * Kills the gateway, and now and then the supervisor, at random instants while sessions come and go, and checks after
 * each round that the API, the event log and /proc agree. WEFT_CHAOS_KILLS makes it longer.
 */

const gatewayKills = Number(process.env.WEFT_CHAOS_KILLS ?? 100)

/** Every so many rounds the supervisor is killed, too, or instead. */
const supervisorEvery = 4

const apps = {
  steady: shell('echo READY; exec sleep 600'),
  brief: shell('echo READY; exec sleep 0.2'),
  crash: shell('exit 3'),
  stubborn: shell("trap '' TERM; echo READY; while :; do sleep 0.1; done", { stopGraceMs: 100 }),
  family: shell('sleep 600 & setsid -f sleep 600; echo READY; exec sleep 600')
}
const appIds = Object.keys(apps)

t.test(
  'kill anything at any moment: no session is lost or orphaned, no event is missing or doubled',
  { timeout: 3_600_000 },
  async t => {
    // Few at a time, so that many are queued.
    const gateway = await GatewayProcess.start(t, { apps, limits: { maxStarting: 2 } })
    const { eventCursor } = (await (await gateway.call('/sessions')).json()) as { eventCursor: string }
    const follower = new Follower(gateway, eventCursor)
    const acknowledged = new Set<number>()
    const kills = { gateway: 0, supervisor: 0 }

    let rounds = 0
    for (; kills.gateway < gatewayKills; rounds++) {
      const follow = follower.follow()
      const clients = Array.from({ length: 4 }, () => client(gateway, acknowledged))
      await idle(Math.random() * 250)
      const supervisor = rounds % supervisorEvery === 0 ? gateway.supervisorPid() : undefined
      const isGatewayKilled = supervisor === undefined || Math.random() < 0.5
      if (supervisor !== undefined) tryKill(supervisor)
      if (supervisor !== undefined) kills.supervisor++
      if (isGatewayKilled) {
        await gateway.signal('SIGKILL')
        kills.gateway++
      }
      await Promise.all(clients)
      if (isGatewayKilled) await gateway.start()
      await follow
      await agree(gateway, acknowledged)
    }

    await stopAll(gateway)
    const events = await gateway.events()
    t.same(contradictions(events), [], 'every session begins and ends once, in order, and no seq is missing')
    await follower.catchUp(events.at(-1)?.id)
    t.same(
      follower.ids,
      events.map(({ id }) => id),
      'a client that resumes has seen each event once'
    )
    const launched = events.filter(({ type }) => type === 'Launched').length
    const lost = events.filter(
      ({ session }) => session.state === 'stopped' && session.stop.reason === 'supervisorLost'
    ).length
    t.comment(`${rounds} rounds, ${kills.gateway} kills of the gateway, ${kills.supervisor} of the supervisor`)
    t.comment(
      `${launched} sessions (${lost} ended with their supervisor), ${events.length} events, ${follower.breaks} breaks of the stream`
    )
    t.same(gateway.processes(), [], 'no process is left')
  }
)

/** Launches and stops until the gateway is gone, or for a few calls. */
async function client(gateway: GatewayProcess, acknowledged: Set<number>): Promise<void> {
  try {
    for (let call = 0; call < 8; call++) {
      if (Math.random() < 0.6 || acknowledged.size === 0) {
        acknowledged.add((await gateway.launch(pick(appIds), pick(['wait=0', 'wait=1']))).id)
      } else {
        await gateway.call(`/sessions/${pick([...acknowledged].slice(-20))}${pick(['', '?force=true'])}`, {
          method: 'DELETE'
        })
      }
    }
  } catch {
    // The gateway was killed, or the launch failed or was refused meanwhile: what counts is what the log says.
  }
}

async function agree(gateway: GatewayProcess, acknowledged: ReadonlySet<number>): Promise<void> {
  while ((await gateway.call('/readyz')).status !== 200) await idle(20)
  const processes = gateway.processes()
  const events = await gateway.events()
  const [contradiction] = contradictions(events)
  if (contradiction) throw new Error(contradiction)
  const states = new Map(events.map(({ session }) => [session.id, session]))
  for (const id of acknowledged) if (!states.has(id)) throw new Error(`session ${id} was answered with 201 and is lost`)
  for (const [id, told] of states) {
    const session = await gateway.session(id)
    if (told.state === 'stopped' && session.state !== 'stopped') throw new Error(`session ${id} is back`)
    if (session.state === 'running' && !isThere(session.pid) && (await gateway.session(id)).state === 'running') {
      const settled = await gateway.until(id, 'stopped')
      if (settled.state !== 'stopped') throw new Error(`session ${id} runs without its process`)
    }
  }
  for (const pid of processes) {
    const id = sessionOf(pid)
    if (id !== undefined && states.get(id)?.state === 'stopped' && isThere(pid))
      throw new Error(`process ${pid} survived session ${id}`)
    if (id !== undefined && !states.has(id))
      throw new Error(`process ${pid} belongs to session ${id}, which nobody knows`)
  }
}

const order = ['Launched', 'Starting', 'AppReady', 'Stopping', 'Stopped']

function contradictions(events: readonly EventOfTest[]): string[] {
  const found = events.flatMap(({ seq }, index) => (seq === index + 1 ? [] : [`event ${index + 1} has seq ${seq}`]))
  const sessions = Map.groupBy(events, ({ session }) => session.id)
  for (const [id, own] of sessions) {
    const types = own.map(({ type }) => type)
    if (types.join() !== order.filter(type => types.includes(type)).join()) found.push(`session ${id}: ${types}`)
    if (types[0] !== 'Launched') found.push(`session ${id} begins with ${types[0]}`)
  }
  return found
}

async function stopAll(gateway: GatewayProcess): Promise<void> {
  const live = await gateway.call('/sessions?state=queued&state=starting&state=running&state=stopping&limit=1000')
  const { items } = (await live.json()) as { items: { id: number }[] }
  await Promise.all(
    items.map(({ id }) => gateway.call(`/sessions/${id}`, { method: 'DELETE', headers: { prefer: 'wait=60' } }))
  )
}

/** A client of /events that comes back with its cursor. */
class Follower {
  readonly ids: string[] = []
  breaks = 0
  readonly #gateway: GatewayProcess
  readonly #start: string

  constructor(gateway: GatewayProcess, start: string) {
    this.#gateway = gateway
    this.#start = start
  }

  /** Follows until the stream breaks, or the gateway is alive and has had its turn. */
  follow(until: () => boolean = () => false): Promise<void> {
    const since = this.ids.at(-1) ?? this.#start
    const { promise, resolve } = Promise.withResolvers<void>()
    const call = request(`${this.#gateway.url}/events?since=${since}`, response => {
      const lines = createInterface({ input: response })
      lines.on('line', line => {
        const { id, type } = JSON.parse(line)
        if (type === 'Gap') throw new Error('a gap')
        if (id) this.ids.push(id)
        if (until()) call.destroy()
      })
      lines.on('close', resolve)
      // readline passes the errors of its input on.
      lines.on('error', resolve)
      response.on('error', () => {})
    })
    call.on('error', () => resolve())
    call.on('close', () => {
      this.breaks++
      resolve()
    })
    call.end()
    setTimeout(() => call.destroy(), 400)
    return promise
  }

  async catchUp(last: string | undefined): Promise<void> {
    while (this.ids.at(-1) !== last) await this.follow(() => this.ids.at(-1) === last)
  }
}

function sessionOf(pid: number): number | undefined {
  const id = environment(pid).find(entry => entry.startsWith('WEFT_SESSION_ID='))
  return id === undefined ? undefined : Number(id.slice('WEFT_SESSION_ID='.length))
}

function isThere(pid: number): boolean {
  return environment(pid).length > 0
}

function environment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').filter(Boolean)
  } catch {
    return []
  }
}

function pick<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)] as T
}

function idle(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
