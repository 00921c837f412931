import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { type Client, type Connect, type Message, openNdjson, openSse, openWebSocket } from '../clients.ts'
import { build, launch, shell, stop, temporaryFolder, until } from '../helper.ts'

const apps = { idle: shell('echo READY; exec sleep 1000'), brief: shell('echo READY; exit 0'), crash: shell('exit 1') }
const appIds = Object.keys(apps)
const transports = [openWebSocket, openSse, openNdjson]

/** A client that reads on from where it was, however often its connection breaks. */
interface Follower {
  readonly connect: Connect
  /** The `seq` of the event it has started after. */
  readonly from: number
  readonly seen: Message[]
  client: Client | undefined
}

const anyNumber = fc.nat(1_000)

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('launch' as const), pick: anyNumber }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('stop' as const), pick: anyNumber }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('follow' as const), pick: anyNumber }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('drop' as const), pick: anyNumber }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('resume' as const), pick: anyNumber }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('restart' as const), pick: anyNumber }) }
)

t.test(
  'D17 D32: from the cursor of any event on a client sees exactly the rest, however often it or the gateway goes',
  async t => {
    const stateDir = await temporaryFolder(t)
    let fastify!: FastifyInstance
    let url = ''
    const start = async (onStop: 'keep' | 'stop') => {
      fastify = await build(t, { apps, stateDir, server: { onStop } })
      url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
    }
    await start('keep')

    async function history(since: string, before: readonly Message[] = []): Promise<Message[]> {
      const url = `/events?limit=1000&since=${since}`
      const { items, cursor } = (await fastify.inject({ url, headers: { accept: 'application/json' } })).json()
      return items.length === 0 ? [...before] : await history(cursor, [...before, ...items])
    }
    const head = () => fastify.gateway.store.head
    const cursorOf = (seq: number) => `${fastify.gateway.store.epoch}.${seq}`

    async function resume(follower: Follower) {
      const { seen, from, connect } = follower
      follower.client ??= await connect(t, `${url}?since=${seen.at(-1)?.id ?? cursorOf(from)}`)
    }

    async function drop(follower: Follower) {
      const { client } = follower
      if (!client) return
      client.leave()
      await client.closed
      follower.seen.push(...client.events)
      follower.client = undefined
    }

    async function restart(followers: Follower[]) {
      await fastify.close()
      await Promise.all(followers.map(drop))
      await start('keep')
      await Promise.all(followers.map(resume))
    }

    async function run(steps: readonly { act: string; pick: number }[]) {
      const followers: Follower[] = []
      for (const { act, pick } of steps) {
        const follower = followers[pick % Math.max(1, followers.length)]
        const live = fastify.registry.live
        const session = live[pick % Math.max(1, live.length)]
        if (act === 'launch') await launch(fastify, appIds[pick % appIds.length] ?? 'idle')
        else if (act === 'stop' && session) await stop(fastify, session.id, '?force=true')
        else if (act === 'drop' && follower) await drop(follower)
        else if (act === 'resume' && follower) await resume(follower)
        else if (act === 'restart') await restart(followers)
        else if (act === 'follow') {
          const connect = transports[pick % transports.length] ?? openWebSocket
          followers.push({ connect, from: pick % (head() + 1), seen: [], client: undefined })
          await resume(followers.at(-1) as Follower)
        }
      }
      await Promise.all(fastify.registry.live.map(({ id }) => stop(fastify, id, '?force=true')))
      await Promise.all(fastify.registry.live.map(({ id }) => until(fastify, id, 'stopped')))
      for (const follower of followers) {
        await resume(follower)
        const rest = await history(cursorOf(follower.from))
        const seenSeq = follower.seen.at(-1)?.seq ?? follower.from
        if (seenSeq < head()) await follower.client?.untilSeq(head())
        await drop(follower)
        t.same(
          follower.seen.map(({ id, type }) => `${id} ${type}`),
          rest.map(({ id, type }) => `${id} ${type}`)
        )
      }
    }

    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), run), {
      numRuns: 25,
      endOnFailure: true
    })
    await fastify.close()
    // Ends the supervisor, which the others kept.
    await start('stop')
  }
)
