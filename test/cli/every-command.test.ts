import t from 'tap'
import { allCommands, fullName } from '../../scripts/command-line/reference.ts'
import { defineProgram } from '../../src/cli/program.ts'
import { hashToken, newToken } from '../../src/gateway/access/token.ts'
import { Command } from './command.ts'
import { closedUrl, gatewayFor } from './gateway.ts'

/** A call of each command that calls a gateway. */
const calls: Readonly<Record<string, readonly string[]>> = {
  apps: [],
  launch: ['demo.web', '--wait'],
  ps: [],
  top: [],
  show: ['1'],
  logs: ['1', '--follow'],
  events: ['--follow'],
  wait: ['1'],
  update: ['1', '--label', 'team=a'],
  renew: ['1'],
  stop: ['1']
}

t.test('these are all the commands that call a gateway', async t => {
  const callers = allCommands(await defineProgram()).filter(({ options }) =>
    options.some(({ long }) => long === '--url')
  )
  t.same(
    Object.keys(calls),
    callers.map(fullName).map(name => name.replace('weft-gateway ', ''))
  )
})

t.test('every command says in a sentence that there is no gateway, and exits with 5', async t => {
  const url = await closedUrl()
  for (const [name, args] of Object.entries(calls)) {
    const { code, stdout, stderr } = await new Command(t, [name, ...args, '--url', url]).ended()
    t.same({ code, stdout }, { code: 5, stdout: '' }, name)
    t.match(stderr, /^weft-gateway: no gateway at http:\S+: nothing listens there\. Start one with .+\n$/, name)
  }
})

t.test('every command says in a sentence that its token is missing or wrong, and exits with 77', async t => {
  const tokens = [{ name: 'a', hash: hashToken(newToken()), scopes: ['read' as const] }]
  for (const [name, args] of Object.entries(calls)) {
    // Too many wrong tokens get another answer.
    const { url } = await gatewayFor(t, { tokens })
    for (const [token, sentence] of [
      ['', /Set WEFT_TOKEN to a token of this gateway\.\n$/],
      [newToken(), /It is that of WEFT_TOKEN\.\n$/]
    ] as const) {
      const env = { WEFT_URL: url, WEFT_TOKEN: token }
      const { code, stdout, stderr } = await new Command(t, [name, ...args], { env }).ended()
      t.same({ code, stdout }, { code: 77, stdout: '' }, name)
      t.match(stderr, sentence, name)
    }
  }
})

t.test('a follower whose tokens are refused for being too many ends, too', async t => {
  const tokens = [{ name: 'a', hash: hashToken(newToken()), scopes: ['read' as const] }]
  const { url } = await gatewayFor(t, { tokens })
  const guess = async () => (await fetch(`${url}/me`, { headers: { authorization: `Bearer ${newToken()}` } })).status
  while ((await guess()) !== 429);
  const env = { WEFT_URL: url, WEFT_TOKEN: newToken() }
  t.match(await new Command(t, ['events', '--follow'], { env }).ended(), { code: 1, stderr: /Too many requests/ })
})
