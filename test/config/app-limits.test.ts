import t from 'tap'
import { limitsOf } from '../../src/config/app-limits.ts'
import { completeApp } from '../../src/config/complete-apps.ts'
import { validate } from '../../src/config/validate.ts'
import { Command, configFile } from '../cli/command.ts'
import { temporaryFolder } from '../helper.ts'

t.test('sizes are bytes, with or without a unit', async t => {
  for (const [memory, memoryBytes] of [
    [1_048_576, 1_048_576],
    ['512 MiB', 512 * 2 ** 20],
    ['512MiB', 512 * 2 ** 20],
    ['1.5 GiB', 1.5 * 2 ** 30],
    ['2 GB', 2e9],
    ['900 kB', 900_000]
  ] as const) {
    t.same(limitsOf({ limits: { memory } }), { limits: { memoryBytes } })
  }
  t.same(limitsOf({}), {})
  t.same(limitsOf({ limits: { fileSize: '1 B', nice: 5 } }), { limits: { fileSizeBytes: 1, nice: 5 } })
})

t.test('the limits of an app, its template and the defaults are put together', async t => {
  const { defaults } = validate({ defaults: { limits: { nice: 5, processes: 9 } } })
  const templates = { small: { limits: { memory: '64 MiB', processes: 5 } } }
  const { limits } = completeApp(
    { use: 'small', command: ['x'], limits: { memory: '128 MiB' } },
    { defaults, templates }
  )
  t.same(limits, { nice: 5, processes: 5, memory: '128 MiB' })
})

t.test('check refuses limits that can not be meant, and warns of those that are not held', async t => {
  const cwd = await temporaryFolder(t)
  const entry = (id: string, limits: string) => `[apps.${id}]\ncommand = ["true"]\nlimits = ${limits}\n`
  await configFile(
    cwd,
    `${entry('a', '{ memory = "512" }')}${entry('b', '{ memory = 512 }')}${entry('c', '{ nice = 40 }')}`
  )
  const { code, stderr } = await new Command(t, ['check'], { cwd }).ended()
  t.equal(code, 78)
  t.match(stderr, /apps\.a\.limits\.memory: must match pattern/)
  t.match(stderr, /apps\.b\.limits\.memory: is 512 bytes, less than any program needs/)
  t.match(stderr, /apps\.c\.limits\.nice: must be <= 19/)

  await configFile(cwd, entry('d', '{ cpus = 1.5, memory = "64 MiB" }'))
  const warned = await new Command(t, ['check'], { cwd }).ended()
  t.equal(warned.code, 0)
  // Where a cpu controller can be used, nothing is said.
  if (warned.stderr) t.match(warned.stderr, /apps\.d\.limits\.cpus: is not enforced: there is no cpu controller/)
  t.notMatch(warned.stderr, /memory/)
})
