import Fastify from 'fastify'
import t from 'tap'
import { build } from '../helper.ts'
import { openapi } from './committed.ts'
import { Contract } from './contract.ts'
import { contractFaults } from './response-check.ts'

t.test('the suite notices answers that are not in the contract', async t => {
  const contract = new Contract(openapi)
  const answer = { method: 'GET', path: '/livez', status: 200, contentType: 'application/json' }
  for (const [name, members, fault] of [
    ['a right answer', { body: '{"status":"ok"}' }, undefined],
    ['its charset', { contentType: 'application/json; charset=utf-8', body: '{"status":"ok"}' }, undefined],
    ['an unknown operation', { path: '/lives' }, /operation/],
    ['an unknown status', { status: 204, body: '' }, /status/],
    ['an unknown content type', { contentType: 'text/plain' }, /content type/],
    ['a missing member', { body: '{}' }, /required property 'status'/],
    ['an unknown member', { body: '{"status":"ok","mood":1}' }, /additional properties/],
    ['a wrong value', { body: '{"status":1}' }, /status/],
    ['an error that is no problem', { status: 400 }, /content type/],
    ['an error that the router gives', { path: undefined, status: 404 }, /no problem/],
    ['a stream', { path: '/events', contentType: 'text/event-stream', body: undefined }, undefined]
  ] as const) {
    const found = contract.fault({ ...answer, ...members })
    if (fault) t.match(found, fault, name)
    else t.equal(found, undefined, name)
  }
})

t.test('and hears of every answer, injected or over a socket', async t => {
  await (await build(t)).inject('/livez')
  const stranger = Fastify({ logger: false })
  t.teardown(() => stranger.close())
  stranger.get('/livez', async () => ({ status: 1 }))
  await stranger.inject('/livez')
  t.match(contractFaults(stranger), [/^GET \/livez: 200: .*status/s])
  await fetch(`${await stranger.listen({ port: 0 })}/nowhere`)
  t.match(contractFaults(stranger).at(-1), /^GET \/nowhere: 404: the error is no problem/)
})
