import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { GatewayProcess } from '../gateway-process.ts'
import { shell } from '../helper.ts'
import { tmpfs } from '../tmpfs.ts'

/** Ends a little after it is asked to. */
const polite = shell("trap 'sleep 0.2; exit 3' TERM; echo READY; while :; do sleep 0.05; done", { stopGraceMs: 60_000 })
const steady = shell('echo READY; sleep 600 & exec sleep 600')
const apps = { polite, steady }

async function ends(t: Test, gateway: GatewayProcess) {
  t.equal(await gateway.signal('SIGTERM'), 1)
  t.match(gateway.log, /"sessions":\[1,2\],"msg":"all sessions have ended, but the state folder did not take how/)
  t.notMatch(gateway.log, /shutdown given up/)
  while (gateway.supervisorPid() !== undefined) await new Promise(resolve => setTimeout(resolve, 20))
  t.same(gateway.processes(), [])
}

for (const [what, spoil] of Object.entries({
  'its state folder is gone': async (gateway: GatewayProcess) => rename(gateway.stateDir, `${gateway.stateDir}.away`),
  'its write-ahead log is gone': async (gateway: GatewayProcess) => rm(join(gateway.stateDir, 'gateway.db-wal'))
})) {
  t.test(
    `SIGTERM when ${what}: the sessions end, the supervisor too, and the exit says what is not recorded`,
    async t => {
      const gateway = await GatewayProcess.start(t, { apps })
      for (const appId of ['polite', 'steady']) await gateway.launch(appId)
      t.teardown(() => rm(`${gateway.stateDir}.away`, { recursive: true, force: true }))
      await spoil(gateway)
      await ends(t, gateway)
    }
  )
}

t.test('SIGTERM when the disk is full: the same, and the next gateway serves', async t => {
  const disk = await tmpfs(t, '3m')
  if (!disk) return t.comment('no tmpfs can be mounted here')
  const stateDir = join(disk, 'state')
  await mkdir(stateDir, { mode: 0o700 })
  const gateway = await GatewayProcess.start(t, { apps }, stateDir)
  for (const appId of ['polite', 'steady']) await gateway.launch(appId)
  const ballast = join(disk, 'ballast')
  await writeFile(ballast, Buffer.alloc(4_194_304)).catch(() => {})
  // What was written in the log before may be written again.
  while (((await (await gateway.call('/readyz')).json()) as { code?: string }).code !== 'storage-unavailable');
  await ends(t, gateway)
  await rm(ballast)
  await gateway.start()
  for (const id of [1, 2]) t.match(await gateway.until(id, 'stopped'), { state: 'stopped' })
})
