import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { commands } from '../../src/protocol/commands.ts'
import { obtainSecret } from '../../src/protocol/secret.ts'
import { spokenVersions } from '../../src/protocol/version.ts'
import { build, launch, shell, stop, until } from '../helper.ts'
import { RawGateway } from '../protocol/raw-gateway.ts'

/** Hostile lines sent to the socket of the supervisor while a gateway works. */
const count = Number(process.env.WEFT_FUZZ_MESSAGES ?? 100_000)

/** The first line that is refused closes its connection: more of them would only be thrown away unread. */
const linesPerConnection = 3
const parallel = 16

const types = [...Object.keys(commands), 'welcome', 'fact', 'forget', '__proto__', 'constructor', '']

function pick<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)] as T
}

const odd = () =>
  pick([null, true, -1, 1e308, '', '../../x', 'x'.repeat(5_000), [], [[]], {}, { key: null }, Number.MAX_SAFE_INTEGER])

function garbage(): string {
  const depth = 1 + Math.floor(Math.random() * 3_000)
  return pick([
    () => 'null',
    () => '[]',
    () => '7',
    () => '"shutdown"',
    () => '',
    () => '{',
    () => '\u0000\u2028\ufffd',
    () => `${'['.repeat(depth)}${']'.repeat(depth)}`,
    () => `{"type":"acknowledge","seq":9,"deep":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`,
    () => 'x'.repeat(Math.floor(Math.random() * 20_000)),
    () => JSON.stringify({ type: pick(types), seq: odd(), key: odd(), launch: odd(), request: odd(), trees: odd() }),
    () => JSON.stringify({ type: pick(types) }),
    () => JSON.stringify({ type: odd() })
  ])()
}

function hello(secret: string): string {
  const right = { type: 'hello', versions: spokenVersions, version: 2, secret, epoch: 'fuzz', acknowledged: 0 }
  const member = pick(['versions', 'secret', 'epoch', 'acknowledged', 'instance'])
  return JSON.stringify(Math.random() < 0.3 ? right : { ...right, [member]: odd() })
}

t.test(
  'hostile messages to the supervisor hurt no session, no gateway and not itself',
  { timeout: 600_000 },
  async t => {
    const fastify = await build(t, { apps: { steady: shell('echo READY; exec sleep 600'), quick: shell('exit 3') } })
    const folder = fastify.gateway.stateFolder
    const { id } = await launch(fastify, 'steady')
    const session = await until(fastify, id, 'ready')
    const pid = fastify.supervisor.welcome?.pid as number
    const secret = obtainSecret(folder.secret)
    const before = residentKib(pid)
    let sent = 0
    let worked = 0

    async function attack(): Promise<void> {
      while (sent < count) {
        const peer = await RawGateway.connect(folder)
        peer.write(pick([`${hello(secret)}\n`, '{"type":"ping"}\n', '']))
        for (let line = 0; line < linesPerConnection && !peer.socket.destroyed; line++) {
          const text = Math.random() < 0.1 ? hello(secret) : garbage()
          peer.write(Math.random() < 0.02 ? text.slice(0, text.length / 2) : `${text}\n`)
          sent++
          if (peer.socket.writableNeedDrain) await delay(1)
        }
        peer.socket.destroySoon()
        await peer.closed
      }
    }

    async function work(): Promise<void> {
      while (sent < count) {
        const quick = await launch(fastify, 'quick')
        t.match(await until(fastify, quick.id, 'stopped'), { stop: { reason: 'readyMissed', exitCode: 3 } })
        worked++
      }
    }

    await Promise.all([work(), ...Array.from({ length: parallel }, attack)])
    const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
    t.comment(`${sent} lines, ${worked} launches meanwhile; supervisor: ${before} KiB before, at most ${peak} KiB`)
    t.ok(peak < before + 262_144, 'its memory is bounded')
    t.equal(fastify.supervisor.welcome?.pid, pid)
    t.equal(fastify.supervisor.attachments, 1, 'the gateway was served all the time')
    t.hasStrict((await fastify.inject(`/sessions/${id}`)).json(), session)
    await stop(fastify, id)
    t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', signalsSent: ['SIGTERM'] } })
  }
)

function residentKib(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
