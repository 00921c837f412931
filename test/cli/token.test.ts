import { once } from 'node:events'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { parse } from 'smol-toml'
import t, { type Test } from 'tap'
import { hashToken } from '../../src/gateway/access/token.ts'
import { temporaryFolder } from '../helper.ts'
import { Command, configFile } from './command.ts'

const run = (t: Test, ...args: string[]) => new Command(t, ['token', 'new', ...args]).ended()

const tokenIn = (stdout: string) => /^weft_\S+$/m.exec(stdout)?.[0] ?? ''
const blockIn = (stdout: string) => stdout.slice(stdout.indexOf('[[tokens]]'))

t.test('token new prints a token once, and the block with its hash', async t => {
  const { code, stdout, stderr } = await run(
    t,
    '--name',
    'ci',
    '--scope',
    'read',
    '--scope',
    'launch',
    '--app',
    'demo.*'
  )
  t.same({ code, stderr }, { code: 0, stderr: '' })
  const token = tokenIn(stdout)
  t.match(token, /^weft_[A-Za-z0-9_-]{43}$/)
  t.equal(stdout.split(token).length, 2, 'once')
  const entry = { name: 'ci', hash: hashToken(token), scopes: ['read', 'launch'], apps: ['demo.*'] }
  t.same(parse(blockIn(stdout)), { tokens: [entry] })
  t.not(tokenIn((await run(t, '--name', 'ci', '--scope', 'read')).stdout), token)
})

t.test('scopes and apps can be listed after one option', async t => {
  const { stdout } = await run(t, '--scope', 'read', 'launch', 'stop', '--app', 'a', 'b.*', '--name', 'ci')
  t.match(parse(blockIn(stdout)), { tokens: [{ name: 'ci', scopes: ['read', 'launch', 'stop'], apps: ['a', 'b.*'] }] })
  const all = await run(t, '--name=ci', '--scope=read')
  t.match(
    parse(blockIn(all.stdout)),
    { tokens: [{ apps: ['*'] }] },
    'without --app it says that the token sees all apps'
  )
})

t.test('what makes no token is wrong usage, with everything that is wrong', async t => {
  for (const [args, fault] of [
    [[], /--name is missing; --scope/],
    [['--name', 'ci'], /--scope/],
    [['--name', 'c i', '--scope', 'read'], /--name/],
    [['--name', 'ci', '--scope', 'admin'], /--scope must be one of read, launch, stop/],
    [['--name', 'ci', '--scope', 'read', '--app', '[x]'], /--app/],
    [['--name', 'ci', 'x', '--scope', 'read'], /x/],
    [['--name', 'ci', '--scope', 'read', '--port', '1'], /--port/]
  ] as const) {
    const { code, stdout, stderr } = await run(t, ...args)
    t.same({ code, stdout }, { code: 64, stdout: '' }, args.join(' '))
    t.match(stderr, fault, args.join(' '))
    t.match(stderr, /^weft-gateway: .+\n$/)
  }
  t.equal((await new Command(t, ['token']).ended()).code, 64)
  t.match(await run(t, '--help'), { code: 0, stdout: /token new/ })
})

t.test('SIGHUP: what token new prints lets its holder in, without a restart', async t => {
  const cwd = await temporaryFolder(t)
  const owner = await run(t, '--name', 'owner', '--scope', 'read')
  const file = await configFile(cwd, blockIn(owner.stdout))
  const gateway = new Command(t, ['--port', '0', '--host', '0.0.0.0', '--state-dir', join(cwd, 'state')], { cwd })
  const address = await gateway.address()
  const status = async (token: string) =>
    (await fetch(`${address}/sessions`, { headers: { authorization: `Bearer ${token}` } })).status
  const guest = await run(t, '--name', 'guest', '--scope', 'read')
  t.same(await Promise.all([owner, guest].map(({ stdout }) => status(tokenIn(stdout)))), [200, 401])

  await appendFile(file, blockIn(guest.stdout))
  await reload(gateway, 'configuration reloaded')
  t.same(await Promise.all([owner, guest].map(({ stdout }) => status(tokenIn(stdout)))), [200, 200])

  await appendFile(file, '[[tokens]]\nname = "owner"\n[limits]\nmaxSessions = "x"\n')
  await reload(gateway, 'configuration not reloaded')
  for (const path of ['tokens.2.hash', 'tokens.2.scopes', 'limits.maxSessions']) t.match(gateway.stderr, path)
  t.same(await Promise.all([owner, guest].map(({ stdout }) => status(tokenIn(stdout)))), [200, 200])

  for (const { stdout } of [owner, guest]) t.notOk(gateway.stderr.includes(tokenIn(stdout)))
  gateway.child.kill('SIGTERM')
  t.equal(await gateway.exited, 0)
})

/** Resolves once the gateway has logged what came of it. */
async function reload(gateway: Command, line: string): Promise<void> {
  const { length } = gateway.stderr
  gateway.child.kill('SIGHUP')
  while (!gateway.stderr.slice(length).includes(line)) await once(gateway.child.stderr as Readable, 'data')
}
