import { createHash } from 'node:crypto'
import t from 'tap'
import { hashPattern } from '../../../src/config/schema.ts'
import { hashToken, newToken, redactTokens } from '../../../src/gateway/access/token.ts'

t.test('a token is random, can be told by its beginning, and fits in headers and subprotocols', async t => {
  const tokens = Array.from({ length: 1_000 }, newToken)
  t.equal(new Set(tokens).size, tokens.length)
  // 43 characters of base64url are 256 bits.
  for (const token of tokens) t.match(token, /^weft_[A-Za-z0-9_-]{43}$/)
})

t.test('the hash is the SHA-256 that any tool makes', async t => {
  const token = newToken()
  t.equal(hashToken(token), `sha256:${createHash('sha256').update(token).digest('hex')}`)
  t.match(hashToken(token), new RegExp(hashPattern))
})

t.test('tokens are taken out of texts, wherever they are', async t => {
  const token = newToken()
  for (const text of [
    token,
    `Bearer ${token}`,
    `bearer.${token},weft.v1`,
    `/events?since=q.1&access_token=${token}&x=1`,
    `/${token}/${token}`,
    JSON.stringify({ url: `/?token=${token}` }),
    '/?access_token=secretsecret',
    '{"url":"/a?x=1&token=secretsecret"}'
  ]) {
    const redacted = redactTokens(text)
    t.notMatch(redacted, /secretsecret/, text)
    t.notOk(redacted.includes(token.slice(5)), redacted)
    t.match(redacted, /\[redacted\]/)
  }
  t.equal(redactTokens('{"url":"/a?token=secret&b=1"}'), '{"url":"/a?token=[redacted]&b=1"}')
  for (const text of ['weft_event_clients_evicted_total', 'weft-gateway', 'a token=b', '{"token":"kept"}', '']) {
    t.equal(redactTokens(text), text)
  }
})
