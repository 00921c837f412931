import fc from 'fast-check'
import t from 'tap'
import { GatewayProcess, tryKill } from '../gateway-process.ts'
import { shell } from '../helper.ts'

/** Each run ends after a random time with a random code, or goes on until it is stopped. */
const fickle = shell(
  'n=$(od -An -N1 -tu1 /dev/urandom); echo READY; [ $((n % 4)) = 0 ] && exec sleep 600; sleep 0.0$((n % 10)); exit $((n % 3))',
  { restart: { on: 'always', max: 20, backoffMs: 10, maxBackoffMs: 40 } }
)

type Act = 'launch' | 'stop' | 'killGateway' | 'killSupervisor' | 'pause'

const acts = fc.array(
  fc.oneof(
    { arbitrary: fc.constantFrom<Act>('launch', 'stop', 'pause'), weight: 6 },
    { arbitrary: fc.constantFrom<Act>('killGateway', 'killSupervisor'), weight: 1 }
  ),
  { minLength: 6, maxLength: 14 }
)

/** The events of one session: runs one after the other, each begun once. */
const life = /^Launched(,AppReady)?(,Restarting,Starting(,AppReady)?)*(,Restarting)?(,Stopping)?,Stopped$/

t.test('whatever ends, stops and is killed in whatever order, each run begins once and nothing is left', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { fickle } })
  await fc.assert(
    fc.asyncProperty(acts, async sequence => {
      const ids: number[] = []
      for (const act of sequence) await perform(gateway, act, ids)
      for (const id of ids) await stop(gateway, id)
      for (const id of ids) await gateway.until(id, 'stopped')
      const events = await gateway.events()
      for (const id of ids) {
        const own = events.filter(({ session }) => session.id === id)
        const types = own.map(({ type }) => type).join()
        if (!life.test(types)) throw new Error(`session ${id}: ${types}`)
        const runs = own.filter(({ type }) => type === 'Starting').map(({ session }) => session.run)
        if (runs.some((run, index) => run !== index + 2)) throw new Error(`runs of session ${id}: ${runs}`)
      }
      if (gateway.processes().length > 0) throw new Error(`left: ${gateway.processes()}`)
    }),
    { numRuns: 6, endOnFailure: true }
  )
  t.pass('6 sequences')
})

async function perform(gateway: GatewayProcess, act: Act, ids: number[]): Promise<void> {
  switch (act) {
    case 'launch':
      ids.push(await launch(gateway))
      break
    case 'stop': {
      const id = ids.at(-1)
      if (id !== undefined) await stop(gateway, id)
      break
    }
    case 'killGateway':
      await gateway.signal('SIGKILL')
      await gateway.start()
      break
    case 'killSupervisor': {
      const pid = gateway.supervisorPid()
      if (pid !== undefined) tryKill(pid)
      break
    }
    case 'pause':
      await new Promise(resolve => setTimeout(resolve, 60))
      break
  }
}

/** Refused while a supervisor is started. */
async function launch(gateway: GatewayProcess): Promise<number> {
  for (;;) {
    try {
      return (await gateway.launch('fickle', 'wait=0')).id
    } catch (error) {
      if (!String(error).includes('supervisor-unavailable')) throw error
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}

async function stop(gateway: GatewayProcess, id: number): Promise<void> {
  await gateway.call(`/sessions/${id}`, { method: 'DELETE' })
}
