import t from 'tap'
import { fillReadiness, readinessFaults, readinessKindNames, readinessOf } from '../../src/readiness/kinds.ts'

t.test('an entry without a kind is an error, never ready at once', async t => {
  t.throws(() => readinessOf({}), /no kind of readiness/)
  t.same(readinessOf({ none: true }), { kind: 'none', setting: true })
})

t.test('placeholders are filled in every text, and in a pattern as in a pattern', async t => {
  const filled = (entry: Parameters<typeof readinessOf>[0]) =>
    fillReadiness(readinessOf(entry), (text, syntax = 'text') =>
      text.replaceAll('{port}', syntax === 'text' ? '80' : '8[0]')
    ).setting
  t.equal(filled({ tcp: 'localhost:{port}' }), 'localhost:80')
  t.equal(filled({ http: 'http://[::1]:{port}/' }), 'http://[::1]:80/')
  t.equal(filled({ line: '{port}' }), '80')
  t.equal(filled({ pattern: 'a{port}' }), 'a8[0]')
  t.equal(filled({ none: true }), true)
})

t.test('a token alone is the default line with a token', async t => {
  t.same(readinessOf({ token: true }), { kind: 'line', setting: 'READY', options: { token: true } })
  t.same(readinessOf({ tcp: '1', intervalMs: 5 }), { kind: 'tcp', setting: '1', options: { intervalMs: 5 } })
})

t.test('placeholders are filled in headers and commands', async t => {
  const fill = (text: string) => text.replaceAll('{port}', '80')
  const http = readinessOf({ http: 'http://x/', headers: { host: 'a:{port}' } })
  t.same(fillReadiness(http, fill).options, { headers: { host: 'a:80' } })
  t.same(fillReadiness(readinessOf({ command: ['nc', '{port}'] }), fill).setting, ['nc', '80'])
})

t.test('what is wrong with a setting is said in words', async t => {
  t.match(readinessFaults({ kind: 'tcp', setting: 'nowhere' }), [/"\{port\}", a port or "host:port"/])
  t.match(readinessFaults({ kind: 'http', setting: 'http://[' }), [/not a URL/])
  t.match(readinessFaults({ kind: 'pattern', setting: '(?=x)' }), [/linear time/])
  t.same(readinessFaults({ kind: 'pattern', setting: 'x' }), [])
  t.equal(readinessKindNames.length, 11)
})
