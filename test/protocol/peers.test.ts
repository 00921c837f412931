import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { canIdentifyPeers, peerCredentials } from '../../src/protocol/peer.ts'
import { temporaryFolder } from '../helper.ts'
import { launchOf, RawGateway, startBareSupervisor } from './raw-gateway.ts'

t.test('a peer of a Unix socket is known by its uid and pid', async t => {
  if (!canIdentifyPeers) return t.comment('this machine does not tell')
  const path = join(await temporaryFolder(t), 'socket')
  const server = createServer().listen(path)
  t.teardown(() => server.close())
  const accepted = once(server, 'connection')
  const client = connect(path)
  t.teardown(() => client.destroy())
  await once(client, 'connect')
  const [socket] = await accepted
  const own = { pid: process.pid, uid: process.geteuid?.() }
  t.same(peerCredentials(socket), own)
  t.same(peerCredentials(client), own)
  socket.destroy()
  t.equal(peerCredentials(socket), undefined)
})

t.test('the secret is for the owner only', async t => {
  const { folder } = await startBareSupervisor(t)
  t.equal(statSync(folder.secret).mode & 0o777, 0o600)
  t.equal(statSync(folder.supervisorSocket).mode & 0o777, 0o600)
})

t.test('nobody is served without the secret, or with a version that is not spoken', async t => {
  const { folder } = await startBareSupervisor(t)
  const refusals: [object, RegExp][] = [
    [{ secret: 'wrong' }, /secret/],
    [{ secret: undefined }, /\/secret/],
    [{ versions: { min: 7, max: 9 } }, /speaks versions 2 to 4 of the protocol, not versions 7 to 9/],
    [{ versions: undefined, version: 1 }, /speaks versions 2 to 4 of the protocol, not version 1/]
  ]
  for (const [members, message] of refusals) {
    const peer = await RawGateway.connect(folder)
    peer.hello(members)
    t.match(await peer.until('refused'), { message })
    await peer.closed
  }
  for (const command of [{ type: 'shutdown' }, { type: 'acknowledge', seq: 9 }] as const) {
    const peer = await RawGateway.connect(folder)
    peer.send(command)
    t.match(await peer.until('refused'), { message: /before it was welcomed/ })
    await peer.closed
  }
  const gateway = await RawGateway.connect(folder)
  t.match(await gateway.greet(), { version: 4, sessions: [] }, 'and it serves the one that has it')
  await gateway.close()
})

t.test('a secret that was removed is made anew, and counts', async t => {
  const { folder } = await startBareSupervisor(t)
  await rm(folder.secret)
  const gateway = await RawGateway.connect(folder)
  t.match(await gateway.greet(), { version: 4 })
  await gateway.close()
})

t.test('a secret that can’t be read lets nobody in, and ends no session', async t => {
  const { folder } = await startBareSupervisor(t)
  const gateway = await RawGateway.connect(folder)
  await gateway.greet()
  await rm(folder.secret)
  await mkdir(folder.secret)
  const peer = await RawGateway.connect(folder)
  peer.hello({ secret: 'any' })
  t.match(await peer.until('refused'), { message: /secret can't be read: EISDIR/ })
  await peer.closed
  gateway.send({ type: 'ping' })
  await gateway.until('pong')
  t.notOk(gateway.socket.destroyed)
  await rm(folder.secret, { recursive: true })
  await gateway.close()
  const next = await RawGateway.connect(folder)
  t.match(await next.greet(), { version: 4 }, 'and a new secret counts')
  await next.close()
})

t.test('peers that say nothing do not keep a gateway from being served, and are closed at a deadline', async t => {
  const { folder } = await startBareSupervisor(t)
  const silent = await Promise.all(Array.from({ length: 100 }, () => RawGateway.connect(folder)))
  const gateway = await RawGateway.connect(folder)
  await gateway.greet()
  t.pass('it is served')
  const beats = setInterval(() => gateway.send({ type: 'ping' }), 500)
  await Promise.all(silent.map(({ closed }) => closed))
  clearInterval(beats)
  t.notOk(gateway.socket.destroyed)
  await gateway.close()
})

t.test('a second gateway waits until the first is gone, and what the first said comes first', async t => {
  const { folder } = await startBareSupervisor(t)
  const first = await RawGateway.connect(folder)
  await first.greet()
  const second = await RawGateway.connect(folder)
  second.hello()
  first.send({ type: 'launch', launch: launchOf('k1', 'echo READY; exec sleep 600') })
  await first.until('fact', ({ input }) => input.type === 'ready')
  t.same(second.reports, [])
  first.send({ type: 'launch', launch: launchOf('k2', 'echo READY; exec sleep 600') })
  first.socket.destroySoon()
  t.match(await second.until('welcome'), { sessions: [{ key: 'k1' }, { key: 'k2' }] })
  const request = { reason: 'gatewayStopped', initiator: 'gateway' } as const
  for (const key of ['k1', 'k2']) second.send({ type: 'stop', key, request, force: true })
  for (const key of ['k1', 'k2']) await second.until('fact', fact => fact.key === key && fact.input.type === 'ended')
  await second.close()
})

t.test('a gateway that was served and falls silent is closed, and the next one is served', async t => {
  const { folder } = await startBareSupervisor(t)
  const first = await RawGateway.connect(folder)
  await first.greet()
  const second = await RawGateway.connect(folder)
  const beats = setInterval(() => second.send({ type: 'ping' }), 500)
  await second.greet()
  clearInterval(beats)
  await first.closed
  await second.close()
})

t.test('a gateway that does not read costs a bounded amount of memory, and misses no fact', async t => {
  const { folder } = await startBareSupervisor(t)
  const gateway = await RawGateway.connect(folder)
  await gateway.greet()
  const line = 'x'.repeat(900)
  const chatty = `trap 'exit 0' TERM; echo READY; while :; do for i in 1 2 3 4 5 6 7 8 9 0; do echo ${line} >&2; done; sleep 1; done`
  const keys = Array.from({ length: 60 }, (_, index) => `chatty${index}`)
  for (const key of keys) gateway.send({ type: 'launch', launch: launchOf(key, chatty) })
  for (const key of keys) await gateway.until('fact', fact => fact.key === key && fact.input.type === 'ready')
  gateway.socket.pause()
  const beats = setInterval(() => gateway.send({ type: 'ping' }), 500)
  t.teardown(() => clearInterval(beats))
  // More than it holds and the kernel takes; each app writes 9 kB a second.
  while (logBytes(folder.logs) < 3_000_000) await new Promise(resolve => setTimeout(resolve, 50))
  const request = { reason: 'terminated', initiator: 'client' } as const
  for (const key of keys) gateway.send({ type: 'stop', key, request, force: false })
  gateway.socket.resume()
  for (const key of keys) await gateway.until('fact', fact => fact.key === key && fact.input.type === 'ended')
  t.match(await gateway.until('notice'), { message: /did not read: \d+ reports were left out/ })
  const seqs = gateway.reports.flatMap(report => (report.type === 'fact' ? [report.seq] : []))
  t.same(
    seqs,
    seqs.map((_, index) => index + 1),
    'each fact came once, in order'
  )
  await gateway.close()
})

function logBytes(logs: string): number {
  // The first line of a session makes the folders of its log.
  if (!existsSync(logs)) return 0
  return readdirSync(logs, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}
