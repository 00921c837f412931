import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'

t.test('a process that was busy and is quiet gives the memory of its garbage back to the system', async t => {
  const child = spawn(process.execPath, [`${import.meta.dirname}/fixtures/garbage.ts`], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH }
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const busyMb = residentMb(child.pid)
  t.ok(busyMb > 90, `${busyMb} MB with its garbage`)
  while (residentMb(child.pid) > busyMb - 40) await delay(100)
  child.stdin.end()
  t.same(await once(child, 'exit'), [0, null], 'and does not run on for it')
})

function residentMb(pid: number | undefined): number {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return Number(kb) / 1_000
}
