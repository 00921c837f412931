import t from 'tap'
import { shell } from '../helper.ts'
import { gatewayFor } from './gateway.ts'

t.test('show and ps tell that a session is unhealthy, and why', async t => {
  const action = 'then'
  const health = { command: ['/bin/sh', '-c', 'exit 4'], everyMs: 100, failures: 2, [action]: 'report' } as const
  const { run, url } = await gatewayFor(t, { apps: { sick: shell('echo READY; exec sleep 1000', { health }) } })
  await run('launch', 'sick', '--wait')
  for (;;) {
    const { health } = (await (await fetch(`${url}/sessions/1`)).json()) as { health?: { status: string } }
    if (health?.status === 'unhealthy') break
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  t.match((await run('ps')).stdout, /^ 1 {2}sick {2}unhealthy /m)
  t.match(
    (await run('show', '1')).stdout,
    /^ {2}health {4}unhealthy since .+: \/bin\/sh -c exit 4 exited with code 4, 2 times/m
  )
})
