import { readFile } from 'node:fs/promises'
import t from 'tap'
import { build } from '../helper.ts'
import { skipWithout } from '../skip-without.ts'

const text = await readFile(new URL('../../asyncapi.yaml', import.meta.url), 'utf8')
const skip = skipWithout('@asyncapi/parser', new URL('tools/asyncapi.ts', import.meta.url))
const load = () => import('./tools/asyncapi.ts')

t.test(
  'asyncapi.yaml is valid AsyncAPI 3.0, in the eyes of its own parser, which has no advice either',
  skip,
  async t => {
    const { DiagnosticSeverity, Parser } = await load()
    const { document, diagnostics } = await new Parser().parse(text)
    t.same(
      diagnostics.filter(({ severity }) => severity < DiagnosticSeverity.Information),
      []
    )
    t.equal(document?.version(), '3.0.0')
    for (const message of document?.messages() ?? []) {
      t.ok(message.hasPayload(), message.id())
      t.ok(message.examples().length > 0, message.id())
    }
  }
)

t.test('it knows every message of a stream; a WebSocket has a close code for Closed', skip, async t => {
  const { Parser } = await load()
  const { document } = await new Parser().parse(text)
  const types = (channel: string) =>
    document
      ?.channels()
      .get(channel)
      ?.messages()
      .map(message => message.id())
  const sent = [
    'Hello',
    'Snapshot',
    'Gap',
    'Heartbeat',
    'Closed',
    'Launched',
    'Starting',
    'AppReady',
    'Updated',
    'Restarting',
    'Stopping',
    'Stopped'
  ]
  t.same(types('serverSentEvents'), sent)
  t.same(
    types('webSocketEvents'),
    sent.filter(type => type !== 'Closed')
  )
  t.same(types('followedLog'), ['LogLine', 'LogEnd'])
})

t.test('the gateway serves it', async t => {
  const fastify = await build(t)
  const response = await fastify.inject('/asyncapi.yaml')
  t.match(response.headers['content-type'], 'application/yaml')
  t.equal(response.body, text)
})
