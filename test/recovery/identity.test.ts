import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { build as buildApp } from '../../src/app.ts'
import type { LostTree } from '../../src/protocol/commands.ts'
import type { Stop } from '../../src/session/session.ts'
import * as libc from '../../src/supervisor/processes/libc.ts'
import { readBootId, readStartTime } from '../../src/supervisor/processes/proc.ts'
import { chooseSendSignal, type SendSignal } from '../../src/supervisor/processes/signals.ts'
import { Reclaimer } from '../../src/supervisor/reclaim.ts'
import { configure } from '../helper.ts'

const why = { reason: 'supervisorLost', message: 'lost' } as const

async function reclaimOne(tree: Partial<LostTree>, signal: SendSignal): Promise<Stop> {
  const { promise, resolve, reject } = Promise.withResolvers<Stop>()
  const ended = (_key: string, stop: Stop) => resolve(stop)
  const reclaimer = new Reclaimer({
    bootId: readBootId(),
    signal,
    ended,
    cgroupOf: () => undefined,
    notice: message => reject(new Error(message))
  })
  reclaimer.add([{ key: 'no-such-key', ...tree }], why)
  return promise
}

const ways = { 'with pidfds': chooseSendSignal(libc), 'without pidfds': chooseSendSignal(undefined) }

for (const [way, signal] of Object.entries(ways)) {
  t.test(`a pid counts only with its start time and the boot id, ${way}`, async t => {
    const stranger = spawn('sleep', ['600'], { detached: true })
    t.teardown(() => stranger.kill('SIGKILL'))
    const pid = stranger.pid as number
    const startTime = readStartTime(pid)
    const bootId = readBootId()

    await reclaimOne({ leader: { pid, startTime: startTime - 1, bootId } }, signal)
    await reclaimOne({ leader: { pid, startTime, bootId: 'another boot' } }, signal)
    t.equal(signal({ pid, startTime: startTime - 1 }, 'SIGKILL'), false)
    t.equal(stranger.exitCode ?? stranger.signalCode, null, 'somebody else who has the pid now is not touched')

    const gone = once(stranger, 'exit')
    const stop = await reclaimOne({ leader: { pid, startTime, bootId } }, signal)
    t.match(stop, { reason: 'supervisorLost', signalsSent: ['SIGKILL'], survivors: 0 })
    await gone
    t.equal(signal({ pid, startTime }, 'SIGKILL'), false, 'nobody is there any more')
  })
}

t.test('a supervisor of another version is told apart, and its sessions are not touched', async t => {
  const config = await configure(t)
  let said = ''
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', chunk => {
      said += chunk
      const message = 'it speaks version 99, not 1'
      socket.write(`${JSON.stringify({ type: 'refused', message, pid: 4711 })}\n`)
    })
  })
  server.listen(join(config.stateDir, 'supervisor.sock'))
  await once(server, 'listening')
  t.teardown(() => server.close())
  await t.rejects(buildApp({ config }), /version 99, not 1.* kill -TERM 4711/)
  t.match(JSON.parse(said), { type: 'hello', version: 4, versions: { min: 2, max: 4 } }, 'and nothing but the greeting')
})
