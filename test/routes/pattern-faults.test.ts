import t from 'tap'
import { patternFaults } from '../../src/http/patterns.ts'
import { openapi } from '../contract/committed.ts'
import { build, shell } from '../helper.ts'

const apps = { app: shell('echo READY; exec sleep 1000', { clientEnv: ['GREETING'] }) }

t.test('a bad Idempotency-Key is refused with a sentence that says what is allowed', async t => {
  const fastify = await build(t, { apps })
  const detail = 'must be one key of 1 to 255 visible ASCII characters, without spaces, as it is or as a quoted string'
  for (const key of ['', '"', '"open', 'two words', 'ä', 'a'.repeat(256), '"\\x"']) {
    const headers = { 'idempotency-key': key }
    const response = await fastify.inject({ method: 'POST', url: '/sessions', headers, payload: { appId: 'app' } })
    t.match(response.json(), {
      status: 400,
      code: 'invalid-request',
      detail: `/headers/idempotency-key ${detail}`,
      errors: [{ pointer: '/headers/idempotency-key', detail }]
    })
  }
  t.same((await fastify.inject('/sessions')).json().items, [])
})

t.test('whatever does not match a pattern is refused in words', async t => {
  const fastify = await build(t, { apps })
  const payload = { appId: 'app', env: { GREETING: 'a\0b' } }
  const requests = [
    { url: '/sessions?label=team' },
    { url: '/sessions?appId=-x' },
    { url: '/sessions?cursor=x' },
    { url: '/apps/a%20b' },
    { url: '/events/history?before=x' },
    { url: '/events', headers: { 'last-event-id': 'x' } },
    { method: 'POST', url: '/sessions', payload: { appId: 'a b' } },
    { method: 'POST', url: '/sessions', payload }
  ] as const
  const words = Object.values(patternFaults)
  for (const request of requests) {
    const { errors } = (await fastify.inject(request)).json()
    t.equal(errors.length, 1, request.url)
    t.ok(words.includes(errors[0].detail), `${request.url}: ${errors[0].detail}`)
  }
})

t.test('every pattern of the contract has its words', async t => {
  const text = JSON.stringify(openapi)
  const patterns = new Set(
    Array.from(text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g), ([, json]) => JSON.parse(String(json)))
  )
  t.ok(patterns.size > 3)
  for (const pattern of patterns) t.ok(patternFaults[pattern], pattern)
})
