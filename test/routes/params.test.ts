import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { AppEntry } from '../../src/config/complete-apps.ts'
import { build, shell, spawners, until } from '../helper.ts'

const params: AppEntry['params'] = {
  size: { type: 'integer', minimum: 1, maximum: 9, default: 3, description: 'how many workers' },
  color: { type: 'string', enum: ['red', 'dark blue'], default: 'red' },
  name: { type: 'string', pattern: '^[a-z ]+$' },
  ratio: { type: 'number', default: 0.5 },
  loud: { type: 'boolean', default: false }
}

/** Writes its arguments, one a line. */
const tell = {
  ...shell('for text do echo "<$text>"; done; echo READY; exec sleep 60', { params }),
  env: { COLOR: '{params.color}' }
}
const names = Object.keys(params ?? {}).map(name => `{params.${name}}`)
const apps = {
  tell: { ...tell, command: [...(tell.command ?? []), 'tell', ...names, '--size={params.size}', '{env.COLOR}'] },
  plain: shell('echo READY; exec sleep 60')
}

async function post(fastify: FastifyInstance, payload: object, headers: Record<string, string> = {}) {
  return await fastify.inject({ method: 'POST', url: '/sessions', headers, payload })
}

async function told(fastify: FastifyInstance, id: number): Promise<string[]> {
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  const text = (await fastify.inject(`/sessions/${id}/logs`)).body
  return text.split('\n').filter(line => line.startsWith('<'))
}

for (const spawner of spawners) {
  t.test(`a value of a launch is one argument, and nothing in it is replaced (${spawner})`, async t => {
    const fastify = await build(t, { apps, spawner })
    const first = await post(fastify, { appId: 'tell', params: { name: 'a b  c' } })
    t.equal(first.statusCode, 201, first.body)
    const plain = ['<3>', '<red>', '<a b  c>', '<0.5>', '<false>', '<--size=3>', '<red>']
    t.same(await told(fastify, first.json().id), plain)
    const set = { size: 9, color: 'dark blue', name: 'x', ratio: -1e-7, loud: true }
    const second = await post(fastify, { appId: 'tell', params: set })
    const values = ['<9>', '<dark blue>', '<x>', '<-1e-7>', '<true>', '<--size=9>', '<dark blue>']
    t.same(await told(fastify, second.json().id), values)
  })
}

t.test('a text is never a template, nor more than one argument', async t => {
  const app = { ...apps.tell, params: { text: { type: 'string' as const } }, env: {} }
  const echo = { ...app, command: [...app.command.slice(0, 4), '{params.text}', 'x{params.text}y'] }
  const fastify = await build(t, { apps: { echo } })
  for (const text of ['{port} {{a}} {params.text}', '$(id) "; \\ *', '-rf', '', '{"a": {"b": 1}}']) {
    const { id } = (await post(fastify, { appId: 'echo', params: { text } })).json()
    t.same(await told(fastify, id), [`<${text}>`, `<x${text}y>`])
  }
})

t.test('what does not fit is refused with its pointer, and launches nothing', async t => {
  const fastify = await build(t, { apps })
  const faults: [object, Record<string, RegExp>][] = [
    [{}, { name: /^is missing: it must be a text that matches/ }],
    [{ name: 'A' }, { name: /^must be a text that matches \^\[a-z \]\+\$$/ }],
    [{ name: 'a', size: 0 }, { size: /^must be an integer from 1 to 9$/ }],
    [
      { name: 'a', size: 1.5, ratio: '1' },
      { size: /integer/, ratio: /^must be a number$/ }
    ],
    [
      { name: 'a', size: '3', loud: 1 },
      { size: /integer/, loud: /^must be true or false$/ }
    ],
    [{ name: 'a', color: 'blue' }, { color: /^must be one of red, dark blue$/ }],
    [{ name: 'a', siez: 1 }, { siez: /^is not a parameter of this app; did you mean size\?$/ }],
    [{ name: 'a', other: 1 }, { other: /^is not a parameter of this app, which has size, color/ }],
    [{ name: 'a', constructor: 1 }, { constructor: /is not a parameter/ }],
    [
      { name: null, size: {} },
      { size: /integer/, name: /text/ }
    ]
  ]
  for (const [given, expected] of faults) {
    const { statusCode, body } = await post(fastify, { appId: 'tell', params: given })
    t.equal(statusCode, 400)
    const { code, errors } = JSON.parse(body)
    const wanted = Object.entries(expected).map(([name, detail]) => ({ pointer: `/body/params/${name}`, detail }))
    t.match({ code, errors }, { code: 'invalid-request', errors: wanted }, JSON.stringify(given))
    t.equal(errors.length, wanted.length)
  }
  t.match((await post(fastify, { appId: 'plain', params: { size: 1 } })).json(), {
    errors: [{ pointer: '/body/params/size', detail: 'is not known: this app has no parameters' }]
  })
  t.equal((await post(fastify, { appId: 'tell', params: [] })).statusCode, 400)
  t.same((await fastify.inject('/sessions')).json().items, [])
})

t.test('GET /apps/{id} has the parameters as JSON Schema', async t => {
  const fastify = await build(t, { apps })
  t.same((await fastify.inject('/apps/tell')).json().params, {
    type: 'object',
    properties: params,
    required: ['name'],
    additionalProperties: false
  })
  t.notOk((await fastify.inject('/apps/plain')).json().params)
})

t.test('the same key with other parameters is another launch, with the same ones the same', async t => {
  const fastify = await build(t, { apps })
  const key = { 'idempotency-key': 'k1' }
  const first = await post(fastify, { appId: 'tell', params: { name: 'a', size: 2 } }, key)
  const again = await post(fastify, { appId: 'tell', params: { size: 2, name: 'a' } }, key)
  t.equal(again.body, first.body)
  t.equal(again.headers['idempotent-replayed'], 'true')
  t.match((await post(fastify, { appId: 'tell', params: { name: 'a' } }, key)).json(), { code: 'idempotency-mismatch' })
})

t.test('the next run has the same parameters', async t => {
  const restart = { on: 'failure' as const, max: 1, backoffMs: 1 }
  const again = {
    ...apps.tell,
    command: ['/bin/sh', '-c', 'echo "<$0>"; echo READY; exit 1', '{params.name}'],
    restart
  }
  const fastify = await build(t, { apps: { again } })
  const { id } = (await post(fastify, { appId: 'again', params: { name: 'kept' } })).json()
  t.match(await until(fastify, id, 'stopped'), { run: 2 })
  t.equal((await fastify.inject(`/sessions/${id}/logs?stream=stdout`)).body.match(/<kept>/g)?.length, 2)
})
