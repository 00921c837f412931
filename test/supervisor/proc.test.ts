import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { ticksNow } from '../../src/supervisor/processes/libc.ts'
import { childrenOf, readStartTime } from '../../src/supervisor/processes/proc.ts'

t.test('children are found whichever thread of their parent started them', async t => {
  const worker = new Worker(
    `const child = require('node:child_process').spawn('sleep', ['60'])
    require('node:worker_threads').parentPort.on('message', () => child.kill()).postMessage(child.pid)`,
    { eval: true }
  )
  t.teardown(() => worker.terminate())
  const [pid] = await once(worker, 'message')
  t.ok(childrenOf(process.pid).includes(pid))
  t.same(childrenOf(pid), [])
  worker.postMessage('end')
})

t.test('clock ticks from boot are those of the start times of processes', async t => {
  const before = ticksNow()
  const child = spawn('sleep', ['60'])
  t.teardown(() => child.kill())
  await once(child, 'spawn')
  const startTime = readStartTime(child.pid as number)
  t.ok(before <= startTime, `${before} <= ${startTime}`)
  t.ok(startTime <= ticksNow())
})
