import t from 'tap'
import { check } from '../../src/config/validate.ts'
import { Catalogue } from '../../src/gateway/launch/catalogue.ts'
import { Command, configFile } from '../cli/command.ts'
import { configure, temporaryFolder } from '../helper.ts'

const command = ['true']
const action = 'then'

t.test('what an entry does not say of its checks has a default', async t => {
  const apps = {
    plain: { command, health: { tcp: '{port}' } },
    own: { command, health: { http: 'http://[::1]:1/', status: 401, everyMs: 100, [action]: 'report' } },
    never: { command, health: { command }, restart: { on: 'never' } }
  } as const
  const catalogue = new Catalogue(await configure(t, { apps }))
  const run = (id: string) => catalogue.launchable(id)?.run
  t.match(run('plain'), {
    health: { probe: { kind: 'tcp' }, everyMs: 10_000, timeoutMs: 2_000, failures: 3, action: 'restart' },
    restart: { on: 'unhealthy', max: 5, windowMs: 300_000 }
  })
  t.match(run('own')?.health, { probe: { options: { status: 401 } }, everyMs: 100, action: 'report' })
  t.notOk(run('own')?.restart, 'an app that is only reported on is not restarted')
  t.notOk(run('never')?.restart)
  t.ok(catalogue.get('plain').usesPort)
})

t.test('faults of health are named, each where it is', async t => {
  const health = (members: object) => ({ command, health: members })
  const { faults } = check({
    apps: {
      none: health({ everyMs: 1_000 }),
      two: health({ tcp: '1', command }),
      misplaced: health({ tcp: '1', status: 200 }),
      address: health({ tcp: 'nowhere' }),
      often: health({ tcp: '1', everyMs: 1 }),
      unknown: health({ tcp: '1', evryMs: 100 }),
      job: { ...health({ tcp: '1' }), kind: 'job' }
    }
  })
  t.same(
    faults.map(({ path, detail }) => `${path}: ${detail}`),
    [
      'apps.often.health.everyMs: must be >= 100',
      'apps.unknown.health.evryMs: is not known; did you mean everyMs?',
      'apps.none.health: must have exactly one of http, tcp, command',
      'apps.two.health: must have exactly one of http, tcp, command',
      'apps.misplaced.health.status: goes only with http',
      'apps.address.health.tcp: must be "{port}", a port or "host:port"',
      'apps.job.health: goes only with kind = "service"'
    ]
  )
})

t.test('check warns of the program of a health command that is not there', async t => {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, '[apps.a]\ncommand = ["true"]\nhealth = { command = ["no-such-program"] }')
  const { code, stderr } = await new Command(t, ['check'], { cwd }).ended()
  t.equal(code, 0)
  t.match(stderr, /apps\.a\.health\.command: .*no-such-program/)
})
