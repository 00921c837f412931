import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { GatewayProcess, tryKill } from '../gateway-process.ts'
import { shell, spawners, temporaryFolder } from '../helper.ts'
import { processesNamed } from '../supervisor/watch.ts'

/** Resolves when it is true; the test's own timeout is the limit. */
async function eventually(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(resolve => setTimeout(resolve, 20))
}

for (const spawner of spawners) {
  t.test(`${spawner}: a gateway or supervisor that is killed during before or after`, async t => {
    const folder = await temporaryFolder(t)
    const mark = (name: string) => join(folder, name)
    const seconds = 61_000 + (process.pid % 1_000) + (spawner === 'posix-spawn' ? 0 : 1_000)
    const hangs = (name: string) => [
      [
        'sh',
        '-c',
        `touch ${mark(name)}; setsid sleep ${seconds} & until [ -e ${mark(`${name}.go`)} ]; do sleep 0.02; done`
      ]
    ]
    const gateway = await GatewayProcess.start(t, {
      apps: {
        before: shell('echo READY; exec sleep 60', { before: hangs('before') }),
        lostBefore: shell('echo READY; exec sleep 60', { before: hangs('lostBefore') }),
        after: shell('echo READY; exec sleep 60', { after: hangs('after'), stopGraceMs: 60_000 }),
        lostAfter: shell('echo READY; exec sleep 60', { after: hangs('lostAfter'), stopGraceMs: 60_000 })
      },
      server: { spawner }
    })
    const go = (name: string) => writeFileSync(mark(`${name}.go`), '')
    const request = (method: string, path: string) => fetch(new URL(path, gateway.url), { method })

    await t.test('has its commands go on without the gateway', async t => {
      const { id } = await gateway.launch('before', 'respond-async')
      await eventually(() => existsSync(mark('before')))
      await gateway.signal('SIGKILL')
      await gateway.start()
      go('before')
      t.match(await gateway.until(id, 'ready'), { state: 'running' })
      await request('DELETE', `/sessions/${id}`)
      t.match(await gateway.until(id, 'stopped'), { stop: { reason: 'terminated' } })
      const after = await gateway.launch('after')
      await gateway.until(after.id, 'ready')
      await request('DELETE', `/sessions/${after.id}`)
      await eventually(() => existsSync(mark('after')))
      await gateway.signal('SIGKILL')
      await gateway.start()
      go('after')
      t.match(await gateway.until(after.id, 'stopped'), { stop: { reason: 'terminated' } })
      t.same(processesNamed(`sleep.${seconds}`), [])
    })
    await t.test('leaves nothing of them if the supervisor is lost', async t => {
      const before = await gateway.launch('lostBefore', 'respond-async')
      await eventually(() => existsSync(mark('lostBefore')))
      const after = await gateway.launch('lostAfter')
      await gateway.until(after.id, 'ready')
      await request('DELETE', `/sessions/${after.id}`)
      await eventually(() => existsSync(mark('lostAfter')))
      tryKill(gateway.supervisorPid() as number)
      for (const { id } of [before, after])
        t.match(await gateway.until(id, 'stopped'), { stop: { reason: 'supervisorLost' } })
      t.same(processesNamed(`sleep.${seconds}`), [])
    })
  })
}
