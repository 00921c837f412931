import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'

const secret = 'hunter2-x-"quoted"'
const inEnvFile = 'from-the-dotenv-file'

async function everyFile(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile())
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')))
  return texts.join('\n')
}

for (const spawner of spawners) {
  t.test(`${spawner}: an app gets its secrets, and nothing that is kept or answered has them`, async t => {
    const [folder, stateDir] = [await temporaryFolder(t), await temporaryFolder(t)]
    const [pg, dotenv] = [join(folder, 'pg'), join(folder, '.env')]
    await writeFile(pg, `${secret}\n`)
    await writeFile(dotenv, `API_KEY=${inEnvFile}\nMODE=overridden\n`)
    const seen = join(folder, 'seen')
    const app = shell(
      'printf "%s" "$PG|$API_KEY|$MODE" > "$SEEN"; printf "a hun"; sleep 0.1; echo "ter2-x-\\"quoted\\" $API_KEY"; echo "$PG" >&2; echo "READY {\\"key\\":\\"$API_KEY\\"}"; exec sleep 60',
      { secrets: { PG: { file: pg } }, envFile: dotenv, env: { MODE: 'own', SEEN: seen }, passEnv: ['NOT_THERE'] }
    )
    const fastify = await build(t, { spawner, stateDir, apps: { app } })
    const { id } = await launch(fastify, 'app')
    const session = await until(fastify, id, 'ready')
    t.equal(await readFile(seen, 'utf8'), `${secret}|${inEnvFile}|own`)
    t.match(session, { ready: { key: '***' } })
    await stop(fastify, id)
    await until(fastify, id, 'stopped')
    const { body } = await fastify.inject(`/sessions/${id}/logs?tail=1000`)
    t.match(body, 'a *** ***\n')
    t.match(body, 'passEnv: the environment of the gateway has no NOT_THERE')
    const answers = await Promise.all(
      ['/sessions', `/sessions/${id}`, '/events/history', '/apps', '/apps/app', '/gateway'].map(url =>
        fastify.inject(url)
      )
    )
    const told = [body, ...answers.map(answer => answer.body), await everyFile(stateDir)].join('\n')
    for (const value of ['hunter2', inEnvFile]) t.notOk(told.includes(value), value)
  })
}

t.test('a secret that is not there ends the launch, which names the setting and the file', async t => {
  const app = shell('echo READY; exec sleep 60', { secrets: { PG: { file: '/no/such/secret' } } })
  const fastify = await build(t, { apps: { app } })
  const { id } = await launch(fastify, 'app')
  t.match(await until(fastify, id, 'stopped'), {
    stop: { reason: 'spawnFailed', message: 'secrets.PG: there is no such file: /no/such/secret' }
  })
})

t.test('patterns of passEnv pass what they match', async t => {
  process.env.VALUES_TEST_ONE = 'one'
  t.teardown(() => delete process.env.VALUES_TEST_ONE)
  const app = shell('echo "$VALUES_TEST_ONE"', { kind: 'job', passEnv: ['VALUES_TEST_*'] })
  const fastify = await build(t, { apps: { app } })
  const { id } = await launch(fastify, 'app')
  await until(fastify, id, 'stopped')
  t.match((await fastify.inject(`/sessions/${id}/logs?tail=10`)).body, /^one$/m)
})

t.test('a secret in an argument is not in the message of a start that fails', async t => {
  const folder = await temporaryFolder(t)
  const file = join(folder, 'pg')
  await writeFile(file, secret)
  const fastify = await build(t, {
    apps: {
      missing: { command: ['/no/such/{env.PG}'], secrets: { PG: { file } } },
      late: {
        ...shell('exec sleep 60', { secrets: { PG: { file } }, readyTimeoutMs: 50 }),
        ready: { line: '{env.PG}' }
      }
    }
  })
  for (const [appId, reason] of Object.entries({ missing: 'spawnFailed', late: 'readyTimeout' })) {
    const session = await until(fastify, (await launch(fastify, appId)).id, 'stopped')
    t.match(session, { stop: { reason, message: /\*\*\*/ } })
    t.notMatch(JSON.stringify(session), 'hunter2')
  }
})

t.test('a secret at which what a command says, or its name, is cut is hidden whole', async t => {
  const file = join(await temporaryFolder(t), 'pg')
  await writeFile(file, secret)
  const filler = 'x'.repeat(190)
  const failing = ['sh', '-c', `printf '%s%s\\n' ${filler} "$PG"; exit 1`]
  const named = ['sh', '-c', `exit 1 # ${'x'.repeat(175)}{env.PG}`]
  const app = shell('echo READY; exec sleep 60', { secrets: { PG: { file } } })
  const unready = { ...app, readyTimeoutMs: 2_000 }
  const fastify = await build(t, {
    apps: {
      stopping: { ...app, stop: { command: failing } },
      waiting: { ...unready, ready: { command: failing } },
      named: { ...unready, ready: { command: named } },
      preparing: { ...app, before: [named] }
    }
  })
  for (const appId of ['stopping', 'waiting', 'named', 'preparing']) {
    const { id } = await launch(fastify, appId)
    if (appId === 'stopping') {
      await until(fastify, id, 'ready')
      await stop(fastify, id)
    }
    const session = await until(fastify, id, 'stopped')
    const { body } = await fastify.inject(`/sessions/${id}/logs?tail=1000`)
    t.match(`${body}${JSON.stringify(session)}`, /x\*/, appId)
    t.notMatch(`${body}${JSON.stringify(session)}`, 'hunter2', appId)
  }
})
