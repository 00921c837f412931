import t from 'tap'
import { GatewayProcess, tryKill } from '../gateway-process.ts'
import { shell } from '../helper.ts'

const forever = 'echo READY; exec sleep 1000'
const apps = {
  lived: shell(forever, { lifetimeMs: 1_500 }),
  leased: shell(forever, { leaseMs: 3_000 }),
  patched: shell(forever),
  long: shell(forever, { lifetimeMs: 600_000 })
}

t.test(
  'a lifetime ends while the gateway is away; a lease does not, and begins anew with the next gateway',
  async t => {
    const gateway = await GatewayProcess.start(t, { apps })
    const lived = await gateway.launch('lived')
    const leased = await gateway.launch('leased')
    const before = gateway.processes().length
    await gateway.signal('SIGKILL')
    while (gateway.processes().length === before) await new Promise(resolve => setTimeout(resolve, 20))
    await new Promise(resolve => setTimeout(resolve, Date.parse(leased.createdAt) + 3_200 - Date.now()))
    t.ok(gateway.processes().length > 0)
    await gateway.start()
    t.match(await gateway.until(lived.id, 'stopped'), { stop: { reason: 'lifetime', initiator: 'gateway' } })
    const again = await gateway.session(leased.id)
    t.match(again, { state: 'running', expiresAt: { why: 'lease' } })
    t.match(await gateway.until(leased.id, 'stopped'), { stop: { reason: 'leaseExpired', initiator: 'gateway' } })
    const ends = (await gateway.events()).filter(({ type }) => type === 'Stopped' || type === 'Stopping')
    t.equal(ends.length, 4, 'each end is told once')
    t.same(gateway.processes(), [])
  }
)

t.test(
  'a changed lifetime and labels outlive the gateway, and sessions with them their supervisor does not',
  async t => {
    const gateway = await GatewayProcess.start(t, { apps })
    const { id } = await gateway.launch('patched')
    const body = JSON.stringify({ lifetimeMs: 600_000, labels: { team: 'a' } })
    const headers = { 'content-type': 'application/merge-patch+json' }
    await gateway.call(`/sessions/${id}`, { method: 'PATCH', headers, body })
    await gateway.signal('SIGKILL')
    await gateway.start()
    t.match(await gateway.session(id), { labels: { team: 'a' }, lifetimeMs: 600_000, expiresAt: { why: 'lifetime' } })
    await gateway.call(`/sessions/${id}`, { method: 'PATCH', headers, body: '{"lifetimeMs":1}' })
    t.match(await gateway.until(id, 'stopped'), { labels: { team: 'a' }, stop: { reason: 'lifetime' } })
    const lost = await gateway.launch('long')
    tryKill(gateway.supervisorPid() as number)
    t.match(await gateway.until(lost.id, 'stopped'), { stop: { reason: 'supervisorLost' } })
  }
)
