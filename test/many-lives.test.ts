import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { AppEntry } from '../src/config/complete-apps.ts'
import type { Session } from '../src/session/session.ts'
import { childrenOf } from '../src/supervisor/processes/proc.ts'
import { build, launch, shell, spawners, temporaryFolder, until } from './helper.ts'

/* For a larger run: `WEFT_MANY_LIVES=1000 npx tap test/many-lives.test.ts`. */
const count = Number(process.env.WEFT_MANY_LIVES ?? 120)
const atATime = 16

for (const spawner of spawners) {
  t.test(
    `${spawner}: sessions with folders, ports, restarts and health checks leave nothing`,
    {
      timeout: 120_000 + count * 1_000
    },
    async t => {
      const { port } = await server(t)
      const stateDir = await temporaryFolder(t)
      const lived: Partial<AppEntry> = {
        dir: 'session',
        restart: { on: 'failure', max: 2, windowMs: 60_000, backoffMs: 20, maxBackoffMs: 20, exceptExitCodes: [] },
        health: { tcp: `127.0.0.1:${port}`, everyMs: 500 }
      }
      const script = (text: string) => [...(shell(text).command ?? []), 'sh', '{port}', '{port:admin}']
      const apps = {
        lives: { ...lived, command: script('echo READY; exec sleep 600') },
        again: { ...lived, command: script('[ -e ran ] && echo READY && exec sleep 600; touch ran; exit 1') },
        fails: { ...lived, command: script('touch ran; exit 1') }
      }
      const fastify = await build(t, { spawner, stateDir, apps })
      await liveAndEnd(fastify, 6)
      const before = usage(fastify, stateDir)

      const sessions = await liveAndEnd(fastify, count)
      // Those of sessions that have ended can be given to others.
      const live = sessions.filter(({ state }) => state === 'running')
      const ports = live.flatMap(session => ('ports' in session && session.ports ? Object.values(session.ports) : []))
      t.equal(ports.length, live.length)
      t.equal(new Set(ports).size, live.length, 'each has a port of its own')
      t.match(
        sessions.find(({ appId }) => appId === 'again'),
        { run: 2, lastRun: { run: 1, exitCode: 1 } }
      )
      t.match(
        sessions.find(({ appId }) => appId === 'lives'),
        { health: { status: 'healthy' } }
      )

      const after = usage(fastify, stateDir)
      t.comment(before, after)
      t.same(after.folders, [], 'no folder')
      t.equal(after.children, 0, 'no process')
      t.ok(after.supervisorFds <= before.supervisorFds, 'no descriptor of the supervisor')
      t.ok(after.gatewayFds <= before.gatewayFds + 2, 'no descriptor of the gateway')
      t.ok(after.timers <= before.timers + 2, 'no timer of the gateway')
    }
  )
}

/** All live at once, but those that fail; then half of the rest are stopped, and half killed. @returns them as they lived */
async function liveAndEnd(fastify: FastifyInstance, total: number): Promise<Session[]> {
  const names = ['lives', 'again', 'fails']
  const ids: number[] = []
  const launchNext = async () => {
    while (ids.length < total) {
      const place = ids.push(0) - 1
      ids[place] = (await launch(fastify, names[place % names.length] as string)).id
      await until(fastify, ids[place], 'ready')
    }
  }
  await Promise.all(Array.from({ length: atATime }, launchNext))
  const sessions = await Promise.all(ids.map(id => settled(fastify, id)))
  await Promise.all(
    ids.map(id =>
      fastify.inject({ method: 'DELETE', url: `/sessions/${id}?force=${id % 2 === 0}`, headers: { prefer: 'wait=60' } })
    )
  )
  await Promise.all(ids.map(id => until(fastify, id, 'stopped')))
  return sessions
}

/** Once it is checked, or has ended. */
async function settled(fastify: FastifyInstance, id: number): Promise<Session> {
  const { promise, resolve } = Promise.withResolvers<Session>()
  const look = (session: Session) => {
    const isChecked = session.state === 'running' && session.health?.status === 'healthy'
    if (session.id === id && (isChecked || session.state === 'stopped')) resolve(session)
  }
  const unsubscribe = fastify.registry.subscribe((_event, session) => look(session))
  look(fastify.registry.get(id))
  const session = await promise
  unsubscribe()
  return session
}

async function server(t: Test): Promise<{ readonly port: number }> {
  const listening = createServer(socket => socket.end())
  t.teardown(() => listening.close())
  const { promise, resolve } = Promise.withResolvers<void>()
  listening.listen(0, '127.0.0.1', resolve)
  await promise
  return listening.address() as { port: number }
}

function usage(fastify: FastifyInstance, stateDir: string) {
  const { pid = 0 } = fastify.supervisor.welcome ?? {}
  return {
    folders: readdirSync(join(stateDir, 'dirs', 'session')),
    children: childrenOf(pid).length,
    supervisorFds: readdirSync(`/proc/${pid}/fd`).length,
    gatewayFds: readdirSync('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  }
}
