import t from 'tap'
import { InvalidConfig } from '../../../src/config/faults.ts'
import type { TokenEntry } from '../../../src/config/schema.ts'
import { validate } from '../../../src/config/validate.ts'
import { Principal } from '../../../src/gateway/access/principal.ts'
import { holder } from '../../tokens.ts'

function faultsOf(settings: object): string[] {
  try {
    validate(settings)
    return []
  } catch (error) {
    if (error instanceof InvalidConfig) return error.faults.map(({ path, detail }) => `${path}: ${detail}`)
    throw error
  }
}

const faultsOfToken = (members: object) => faultsOf({ tokens: [{ ...holder('ci').entry, ...members }] })

t.test('a token sees all apps where its entry does not say', async t => {
  const { apps: _, ...entry } = holder('ci').entry
  const [token] = validate({ tokens: [entry] }).tokens
  t.ok(new Principal(token as TokenEntry).sees('any'))
})

t.test('every fault of a token is named by its path', async t => {
  const cases: [object, RegExp][] = [
    [{ name: '' }, /^tokens\.0\.name: /],
    [{ name: 'a b' }, /^tokens\.0\.name: /],
    [{ hash: 'sha256:abc' }, /^tokens\.0\.hash: /],
    [{ hash: 'md5:d41d8cd98f00b204e9800998ecf8427e' }, /^tokens\.0\.hash: /],
    [{ hash: holder('x').token }, /^tokens\.0\.hash: /],
    [{ scopes: [] }, /^tokens\.0\.scopes: /],
    [{ scopes: ['read', 'read'] }, /^tokens\.0\.scopes: /],
    [{ scopes: ['read', 'admin'] }, /^tokens\.0\.scopes\.1: must be one of read, launch, stop/],
    [{ scopes: 'read' }, /^tokens\.0\.scopes: /],
    [{ apps: [] }, /^tokens\.0\.apps: /],
    [{ apps: ['demo.[ab]'] }, /^tokens\.0\.apps\.0: /],
    [{ app: ['demo.*'] }, /^tokens\.0\.app: is not known/]
  ]
  for (const [members, fault] of cases) t.match(faultsOfToken(members), [fault], JSON.stringify(members))
  t.match(faultsOf({ tokens: [{}] }).sort(), [/hash: is missing/, /name: is missing/, /scopes: is missing/])
  t.match(faultsOf({ tokens: {} }), [/^tokens: /])
})

t.test('a name and a token are there once', async t => {
  const [first, second] = [holder('ci').entry, holder('ci').entry]
  t.same(faultsOf({ tokens: [first, second] }), ['tokens.1.name: is that of tokens.0, too'])
  const same = { ...second, name: 'other', hash: `sha256:${first.hash.slice(7).toUpperCase()}` }
  t.same(faultsOf({ tokens: [first, same] }), ['tokens.1.hash: is that of tokens.0, too'])
})

t.test('an address that others can reach needs tokens', async t => {
  const { entry } = holder('ci')
  for (const host of ['0.0.0.0', '::', '192.168.1.7', 'gateway.example']) {
    t.match(faultsOf({ server: { host } }), [/^server\.host: .*can be reached.*\[\[tokens\]\]/], host)
    t.same(faultsOf({ server: { host }, tokens: [entry] }), [], host)
  }
  t.same(faultsOf({ server: { host: '0.0.0.0', socket: '/run/gateway.sock' } }), [], 'a socket is for its owner')
})
