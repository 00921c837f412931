import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { build as buildApp } from '../../src/app.ts'
import { onJsonLine, sendJsonLine } from '../../src/protocol/json-lines.ts'
import type { LostTree } from '../../src/protocol/messages.ts'
import type { Stop } from '../../src/session/session.ts'
import { readBootId, readStartTime } from '../../src/supervisor/processes/proc.ts'
import { reclaim } from '../../src/supervisor/reclaim.ts'
import { configure } from '../helper.ts'

const why = { reason: 'supervisorLost', message: 'lost' } as const

async function reclaimOne(tree: Partial<LostTree>): Promise<Stop> {
  const { promise, resolve } = Promise.withResolvers<Stop>()
  const trees = [{ sessionId: 1, key: 'no-such-key', ...tree }]
  await reclaim({ ...why, trees, bootId: readBootId(), ended: (_id, stop) => resolve(stop) })
  return promise
}

t.test('a pid counts only with its start time and the boot id', async t => {
  const stranger = spawn('sleep', ['600'], { detached: true })
  t.teardown(() => stranger.kill('SIGKILL'))
  const pid = stranger.pid as number
  const startTime = readStartTime(pid)
  const bootId = readBootId()

  await reclaimOne({ leader: { pid, startTime: startTime - 1, bootId } })
  await reclaimOne({ leader: { pid, startTime, bootId: 'another boot' } })
  t.equal(stranger.exitCode ?? stranger.signalCode, null, 'somebody else who has the pid now is not touched')

  const gone = once(stranger, 'exit')
  const stop = await reclaimOne({ leader: { pid, startTime, bootId } })
  t.match(stop, { reason: 'supervisorLost', signalsSent: ['SIGKILL'], survivors: 0 })
  await gone
})

t.test('a supervisor of another version is told apart, and its sessions are not touched', async t => {
  const config = await configure(t)
  const said: object[] = []
  const server = createServer(socket => {
    onJsonLine(socket, message => {
      said.push(message)
      sendJsonLine(socket, { type: 'refused', message: 'it speaks version 99, not 1', pid: 4711 })
    })
  })
  server.listen(join(config.stateDir, 'supervisor.sock'))
  await once(server, 'listening')
  t.teardown(() => server.close())
  await t.rejects(buildApp({ config }), /version 99, not 1.* kill -TERM 4711/)
  t.match(said, [{ type: 'hello' }])
  t.equal(said.length, 1, 'nothing but the greeting was said')
})
