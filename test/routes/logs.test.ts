import t from 'tap'
import { build, launch, shell, until } from '../helper.ts'

t.test('logs are text by default, the newest 200 lines, oldest first', async t => {
  const chatty = shell('i=1; while [ $i -le 300 ]; do echo "line $i"; i=$((i+1)); done')
  const fastify = await build(t, { apps: { chatty } })
  const { id } = await launch(fastify, 'chatty')
  await until(fastify, id, 'stopped')
  const response = await fastify.inject(`/sessions/${id}/logs`)
  t.equal(response.headers['content-type'], 'text/plain; charset=utf-8')
  const lines = response.body.trimEnd().split('\n')
  t.equal(lines.length, 200)
  t.equal(lines[0], 'line 101')
  t.equal(lines.at(-1), 'line 300')
  t.equal((await fastify.inject(`/sessions/${id}/logs?tail=2`)).body, 'line 299\nline 300\n')
  t.equal((await fastify.inject(`/sessions/${id}/logs?tail=0`)).body, '')
  t.equal((await fastify.inject(`/sessions/${id}/logs?tail=100000`)).body.split('\n').length, 301)
})

t.test('as NDJSON a line has its number, time, stream and text; stream picks one of the two', async t => {
  const both = shell('echo out; echo err >&2; printf "no newline"')
  const fastify = await build(t, { apps: { both } })
  const { id } = await launch(fastify, 'both')
  await until(fastify, id, 'stopped')
  const read = async (query = '') => {
    const headers = { accept: 'application/x-ndjson' }
    const response = await fastify.inject({ url: `/sessions/${id}/logs${query}`, headers })
    t.match(response.headers['content-type'], /^application\/x-ndjson/)
    return response.body
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line))
  }
  const lines = await read()
  t.same(
    lines.map(({ seq }) => seq),
    [1, 2, 3]
  )
  for (const { time } of lines) t.equal(new Date(time).toISOString(), time)
  const textsOf = async (stream: string) => (await read(`?stream=${stream}`)).map(({ line }) => line)
  t.same(await textsOf('stdout'), ['out', 'no newline'])
  t.same(await textsOf('stderr'), ['err'])
  t.same(
    (await read('?stream=stdout&tail=1')).map(({ line }) => line),
    ['no newline']
  )
})

t.test('an app that wrote nothing has an empty log, an unknown session none', async t => {
  const fastify = await build(t, { apps: { silent: shell('exit 0') } })
  const { id } = await launch(fastify, 'silent')
  await until(fastify, id, 'stopped')
  const response = await fastify.inject(`/sessions/${id}/logs`)
  t.equal(response.statusCode, 200)
  t.equal(response.body, '')
  t.match((await fastify.inject('/sessions/99/logs')).json(), { status: 404, code: 'session-not-found' })
})

t.test('what is no UTF-8 and what is very long arrives as far as it can', async t => {
  const odd = shell('printf "a\\377b\\n"; head -c 100000 /dev/zero | tr "\\0" x; echo; echo end')
  const fastify = await build(t, { apps: { odd } })
  const { id } = await launch(fastify, 'odd')
  await until(fastify, id, 'stopped')
  const [bad, long, end] = (await fastify.inject(`/sessions/${id}/logs`)).body.split('\n')
  t.equal(bad, 'a�b')
  t.equal(long?.length, 65_536)
  t.equal(end, 'end')
})
