import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { root } from '../../scripts/site/pages.ts'
import { Command } from '../cli/command.ts'
import { freePort } from '../deploy/files.ts'
import { build, launch, shell, stop, type TestOptions, temporaryFolder, until } from '../helper.ts'

/** What somebody sees, brought about for real. */
type Provoke = (t: Test) => Promise<string>

const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8')
const symptoms = [...page.matchAll(/^\| (.*?) +\|/gm)].map(([, cell = '']) => cell).slice(2)

const json = { method: 'POST', url: '/sessions', payload: { appId: 'web' } } as const

async function problem(t: Test, options: TestOptions, request: InjectOptions): Promise<string> {
  const { statusCode, json: read } = await (await build(t, options)).inject(request)
  return `${statusCode} ${read().code}`
}

async function stopReason(t: Test, options: TestOptions, appId = 'web'): Promise<string> {
  const fastify = await build(t, options)
  const { stop } = (await until(fastify, (await launch(fastify, appId)).id, 'stopped')) as { stop?: { reason: string } }
  return `stop.reason is ${stop?.reason}`
}

async function exitOf(t: Test, ...args: string[]): Promise<string> {
  const command = new Command(t, args)
  const code = await command.exited
  return `${command.stderr}, exit code ${code}`
}

async function state(t: Test, port = '0'): Promise<string[]> {
  return ['serve', '--port', port, '--state-dir', await temporaryFolder(t)]
}

const web = shell('echo READY; exec sleep 1000')

/** In the order of the page: each text has what the first column quotes. */
const provoked: readonly Provoke[] = [
  async t => (await exitOf(t, 'ps', '--url', `http://127.0.0.1:${await freePort()}`)).replace(/:\d+:/, ':7410:'),
  async () => readFileSync(join(root, 'bin/weft-gateway.js'), 'utf8').replaceAll(`\${neededMajor}`, '24'),
  async t => {
    const first = new Command(t, await state(t))
    const port = new URL(await first.address()).port
    return (await exitOf(t, ...(await state(t, port)))).replace(`Port ${port}`, 'Port 7410')
  },
  async t => {
    const args = await state(t)
    await new Command(t, args).address()
    return await exitOf(t, ...args)
  },
  async t => await exitOf(t, ...(await state(t)), '--host', '0.0.0.0'),
  async t => {
    const file = join(await temporaryFolder(t), 'weft-gateway.toml')
    await writeFile(file, '[server]\nport = "x"\n')
    return await exitOf(t, ...(await state(t)), '--config', file)
  },
  t => problem(t, { apps: { other: web } }, json),
  t => stopReason(t, { apps: { web: { command: ['/nowhere/at/all'] } } }),
  t => stopReason(t, { apps: { web: shell('exit 3') } }),
  t => stopReason(t, { apps: { web: shell('exec sleep 1000', { readyTimeoutMs: 1 }) } }),
  t => stopReason(t, {}),
  async t => {
    const stubborn = shell('trap "" TERM; echo READY; while :; do sleep 1; done', { stopGraceMs: 1 })
    const fastify = await build(t, { apps: { stubborn } })
    const { id } = await until(fastify, (await launch(fastify, 'stubborn')).id, 'ready')
    const stopped = (await stop(fastify, id, '?waitMs=60000')) as { stop?: { signalsSent: string[] } }
    return `stop.signalsSent has ${stopped.stop?.signalsSent.at(-1)}`
  },
  async t => {
    process.env.WEFT_TEST_SECRET = 'secret'
    t.teardown(() => delete process.env.WEFT_TEST_SECRET)
    const script = 'env | cut -d= -f1; echo READY; exec sleep 1000'
    const fastify = await build(t, { apps: { web: shell(script) } })
    const { id } = await until(fastify, (await launch(fastify, 'web')).id, 'ready')
    const names = (await fastify.inject(`/sessions/${id}/logs`)).body.split('\n')
    const passedOn = names.filter(name => name in process.env && !/^(WEFT_|PWD|_|SHLVL)/.test(name))
    const known = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR']
    t.same(
      passedOn.filter(name => !known.includes(name)),
      []
    )
    t.match(
      page,
      known
        .map(name => `\`${name}\``)
        .join(', ')
        .replace(/, (?=`TMPDIR)/, ' and ')
    )
    return names.includes('WEFT_TEST_SECRET') ? '' : "the app lacks a variable of the gateway's environment"
  },
  async t =>
    `${await problem(t, { apps: { web } }, { ...json, payload: { appId: 'web', env: { A: 'b' } } })} for a variable of a launch`,
  t => problem(t, {}, { url: '/apps', headers: { host: 'gateway.example' } }),
  async t =>
    `${await problem(t, { apps: { web } }, { ...json, headers: { origin: 'http://x.example' } })} for a web page`,
  async t => {
    const hash = `sha256:${'0'.repeat(64)}`
    return await problem(t, { tokens: [{ name: 'a', hash, scopes: ['read'] }] }, { url: '/apps' })
  },
  t => problem(t, { apps: { web }, limits: { maxSessions: 0 } }, json),
  async t => {
    const fastify = await build(t, { apps: { web } })
    await fastify.gateway.drain()
    const { statusCode, json: read } = await fastify.inject(json)
    return `${statusCode} ${read().code}`
  }
]

t.equal(symptoms.length, provoked.length, 'each symptom is provoked')

for (const [index, symptom] of symptoms.entries()) {
  t.test(`troubleshooting.md: ${symptom.replaceAll('`', '')}`, async t => {
    const seen = (await provoked[index]?.(t)) ?? ''
    // An exit code is said after the message, with what else the message has between.
    for (const part of symptom.replaceAll('`', '').split(', exit'))
      t.match(seen.toLowerCase(), part.trim().toLowerCase())
  })
}
