import t from 'tap'
import { shell } from '../helper.ts'
import { gatewayFor } from './gateway.ts'

const apps = {
  pool: {
    ...shell('echo "<$0> <$1> <$2>"; echo READY; exec sleep 1000'),
    params: {
      size: { type: 'integer' as const, minimum: 1, default: 3 },
      text: { type: 'string' as const, default: '' },
      loud: { type: 'boolean' as const, default: false }
    }
  }
}
const pool = {
  ...apps.pool,
  command: [...(apps.pool.command ?? []), '{params.size}', '{params.text}', '{params.loud}']
}

t.test('launch --param gives values of the types that the app declares', async t => {
  const { run } = await gatewayFor(t, { apps: { pool } })
  const args = ['--param', 'size=5', '-p', 'text=12', '--param', 'loud=true']
  t.match(await run('launch', 'pool', '--wait', '--quiet', ...args), { code: 0, stdout: '1\n', stderr: '' })
  t.equal((await run('logs', '1')).stdout, '<5> <12> <true>\nREADY\n')
})

t.test('a value that does not fit is told', async t => {
  const { run } = await gatewayFor(t, { apps: { pool } })
  for (const [value, told] of Object.entries({
    'size=many': /params\/size.*must be an integer from 1/,
    'size=0': /must be an integer from 1/,
    'siez=1': /did you mean size\?/
  })) {
    const { code, stderr } = await run('launch', 'pool', '--param', value)
    t.not(code, 0)
    t.match(stderr, told)
  }
})
