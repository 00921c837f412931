import t from 'tap'
import { Access } from '../../../src/gateway/access/access.ts'
import { unauthenticated } from '../../../src/gateway/access/principal.ts'
import { hashToken, newToken } from '../../../src/gateway/access/token.ts'
import { holder } from '../../tokens.ts'

t.test('without tokens everybody may do everything, whatever they send', async t => {
  const access = new Access([])
  for (const token of [undefined, '', newToken()]) {
    const principal = access.authenticate(token)
    t.match(principal, { name: '', apps: undefined })
    t.ok(principal.may('read') && principal.may('launch') && principal.may('stop') && principal.sees('any'))
  }
})

t.test('a token stands for its scopes and apps, and any other text for nobody', async t => {
  const [ci, web] = [holder('ci'), holder('web', ['read'], ['web.*'])]
  const access = new Access([ci.entry, web.entry])
  const principal = access.authenticate(web.token)
  t.match(principal, { name: 'web', apps: ['web.*'] })
  t.same([principal.may('read'), principal.may('launch'), principal.may('stop')], [true, false, false])
  t.same([principal.sees('web.a'), principal.sees('other')], [true, false])
  t.equal(access.authenticate(ci.token).apps, undefined)
  const wrong = [undefined, '', web.entry.hash, web.entry.name, web.token.slice(0, -1), `${web.token} `, newToken()]
  for (const token of wrong) t.equal(access.authenticate(token), unauthenticated, String(token))
  t.notOk(unauthenticated.may('read') || unauthenticated.sees('web.a'))
})

t.test('the empty text is no token, even where its hash is one', async t => {
  const access = new Access([{ ...holder('ci').entry, hash: hashToken('') }])
  t.equal(access.authenticate(''), unauthenticated)
})

t.test('hashes are read in any case', async t => {
  const { token, entry } = holder('ci')
  const hash = `sha256:${entry.hash.slice(7).toUpperCase()}`
  t.equal(new Access([{ ...entry, hash }]).authenticate(token).name, 'ci')
})

t.test('a reload revokes tokens that are gone or changed, and no others', async t => {
  const [kept, gone, narrowed, added] = [holder('kept'), holder('gone'), holder('narrowed'), holder('added')]
  const access = new Access([kept.entry, gone.entry, narrowed.entry])
  const revoked: string[] = []
  for (const { token } of [kept, gone, narrowed]) {
    const principal = access.authenticate(token)
    principal.onRevoked(() => revoked.push(principal.name))
  }
  access.reload([added.entry, { ...narrowed.entry, apps: ['a'] }, structuredClone(kept.entry)])
  t.same(revoked, ['gone', 'narrowed'])
  t.equal(access.authenticate(gone.token), unauthenticated)
  t.same(access.authenticate(narrowed.token).apps, ['a'])
  t.equal(access.authenticate(added.token).name, 'added')
})

t.test('the first tokens revoke everybody, and without any it is everybody again', async t => {
  const { token, entry } = holder('ci')
  const access = new Access([])
  let times = 0
  access.authenticate(undefined).onRevoked(() => times++)
  access.reload([])
  t.equal(times, 0, 'nothing changed')
  access.reload([entry])
  t.equal(times, 1)
  t.equal(access.authenticate(undefined), unauthenticated)
  access.authenticate(token).onRevoked(() => times++)
  access.reload([])
  t.equal(times, 2)
  t.ok(access.authenticate(undefined).may('stop'))
  access.authenticate(undefined).onRevoked(() => times++)
  t.equal(times, 2, 'this everybody is a new one')
})

t.test('who listens too late hears at once, and who has stopped listening does not hear', async t => {
  const { token, entry } = holder('ci')
  const access = new Access([entry])
  const principal = access.authenticate(token)
  const heard: string[] = []
  principal.onRevoked(() => heard.push('left'))()
  access.reload([])
  principal.onRevoked(() => heard.push('late'))
  t.same(heard, ['late'])
})
