import { readFile } from 'node:fs/promises'
import t from 'tap'
import { openapi } from '../contract/committed.ts'
import { build, launch, shell } from '../helper.ts'

const exception =
  /[Aa]n\s+error\s+creates\s+nothing,\s+except\s+that\s+502\s+`launch-failed`\s+tells\s+of\s+a\s+session\s+that\s+was\s+launched\s+and\s+has\s+ended/

t.test(
  'an error creates nothing, except that launch-failed tells of a session that was launched and has ended',
  async t => {
    const fastify = await build(t, {
      apps: { steady: shell('echo READY; exec sleep 600'), crash: shell('exit 3') },
      limits: { maxSessions: 1 }
    })
    const { id } = await launch(fastify, 'steady')
    const post = { method: 'POST', url: '/sessions', payload: { appId: 'steady' } } as const
    const json = { 'content-type': 'application/json' }
    for (const [code, request] of [
      ['too-many-sessions', post],
      ['invalid-request', { ...post, payload: { appid: 'steady' } }],
      ['app-not-found', { ...post, payload: { appId: 'nobody' } }],
      ['not-acceptable', { ...post, headers: { accept: 'image/png' } }],
      ['forbidden', { ...post, headers: { origin: 'https://example.org' } }],
      ['host-not-allowed', { ...post, headers: { host: 'example.org' } }],
      ['unsupported-media-type', { ...post, headers: { 'content-type': 'text/plain' }, payload: '{"appId":"steady"}' }],
      ['payload-too-large', { ...post, headers: json, payload: JSON.stringify({ appId: 'x'.repeat(70_000) }) }],
      ['method-not-allowed', { ...post, method: 'PUT' }]
    ] as const) {
      // Where the limit would refuse all that is right, what is wrong is told first.
      t.equal((await fastify.inject(request)).json().code, code, code)
    }
    t.same(await ids(), [id])

    await fastify.inject({ method: 'DELETE', url: `/sessions/${id}?force=true`, headers: { prefer: 'wait=60' } })
    const failed = await fastify.inject({ ...post, headers: { prefer: 'wait=60' }, payload: { appId: 'crash' } })
    t.match(failed.json(), { code: 'launch-failed', session: { id: id + 1, state: 'stopped' } })
    t.equal(failed.headers.location, `/sessions/${id + 1}`)
    t.same(await ids(), [id, id + 1])

    async function ids(): Promise<number[]> {
      const { items } = (await fastify.inject('/sessions')).json()
      return items.map((session: { readonly id: number }) => session.id)
    }
  }
)

t.test('README.md, docs/http.md and openapi.yaml say the same of that', async t => {
  for (const file of ['README.md', 'docs/http.md']) {
    t.match(await readFile(new URL(`../../${file}`, import.meta.url), 'utf8'), exception, file)
  }
  t.match(openapi.info.description, exception)
})
