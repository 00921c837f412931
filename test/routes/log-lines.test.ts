import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build, launch, shell, until } from '../helper.ts'
import { holder } from '../tokens.ts'

const apps = {
  writer: shell('for i in 1 2 3 4 5 6; do echo "out $i"; echo "err $i" >&2; done', { ready: { none: true } }),
  much: shell('seq 1 20000', { ready: { none: true } }),
  wide: shell('for i in 1 2 3; do head -c 400000 /dev/zero | tr "\\0" x | fold -w 50000; echo; done', {
    ready: { none: true }
  }),
  silent: shell('exit 0', { ready: { none: true } })
}

async function logOf(t: Parameters<typeof build>[0], appId: keyof typeof apps) {
  const fastify = await build(t, { apps })
  const { id } = await launch(fastify, appId)
  await until(fastify, id, 'stopped')
  return { fastify, page: async (query = '') => await read(fastify, id, query) }
}

async function read(fastify: FastifyInstance, id: number, query: string) {
  const page: { items: { seq: number; line: string; stream: string }[]; firstSeq: number; lastSeq: number } = (
    await fastify.inject({ url: `/sessions/${id}/log-lines${query}`, headers: { accept: 'text/event-stream' } })
  ).json()
  return { ...page, seqs: page.items?.map(({ seq }) => seq), texts: page.items?.map(({ line }) => line) }
}

t.test('a page has the newest lines, or those before or after one, and says how far the log goes', async t => {
  const { page } = await logOf(t, 'writer')
  const whole = await page()
  t.match(whole, { firstSeq: 1, lastSeq: 12 })
  t.same(whole.seqs, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  t.same((await page('?tail=3')).seqs, [10, 11, 12])
  t.same((await page('?limit=2')).seqs, [11, 12])
  t.same((await page('?before=5&limit=2')).seqs, [3, 4])
  t.same((await page('?after=5&limit=2')).seqs, [6, 7])
  t.same((await page('?after=12')).seqs, [])
  t.same((await page('?before=1')).seqs, [])
  t.same((await page('?tail=0')).seqs, [])
  t.match(await page('?after=5&limit=2'), { firstSeq: 1, lastSeq: 12 })
})

t.test('stream and q choose lines; q is plain text, and no regular expression', async t => {
  const { page } = await logOf(t, 'writer')
  t.same((await page('?stream=stderr&limit=2')).texts, ['err 5', 'err 6'])
  t.same((await page('?q=3')).texts?.sort(), ['err 3', 'out 3'])
  t.same((await page('?q=out&tail=1')).texts, ['out 6'])
  t.same((await page('?q=out&after=1&limit=1')).texts?.length, 1)
  t.same((await page('?q=.')).texts, [])
  t.same((await page('?q=Out')).texts, [])
})

t.test('a search goes through the whole log, from either end', async t => {
  const { page } = await logOf(t, 'much')
  t.same((await page('?q=1999&tail=2')).texts, ['19998', '19999'])
  t.same((await page('?q=77&before=1000&limit=3')).texts, ['779', '877', '977'])
  t.same((await page('?q=12345')).texts, ['12345'])
  t.same((await page('?q=12345&after=0')).texts, ['12345'])
  let seen = 0
  for (let { seqs, lastSeq } = await page('?after=0'); ; { seqs, lastSeq } = await page(`?after=${seqs.at(-1)}`)) {
    t.equal(seqs[0], seen + 1)
    seen = seqs.at(-1) ?? 0
    if (seen === lastSeq) break
  }
  t.equal(seen, 20_000)
})

t.test('a page of long lines is shorter than asked for, and none is left out over the pages', async t => {
  const { page } = await logOf(t, 'wide')
  const { seqs, lastSeq } = await page('?after=0')
  t.ok((seqs.at(-1) ?? 0) < lastSeq)
  const newest = await page()
  t.equal(newest.seqs.at(-1), lastSeq)
  t.ok((newest.seqs[0] ?? 0) > 1)
  t.equal((await page(`?before=${newest.seqs[0]}`)).seqs.at(-1), (newest.seqs[0] ?? 0) - 1)
})

t.test('an empty log has an empty page', async t => {
  const { page } = await logOf(t, 'silent')
  t.match(await page(), { items: [], firstSeq: 1, lastSeq: 0 })
})

t.test('bad questions are refused', async t => {
  const { page } = await logOf(t, 'silent')
  for (const [query, pointer] of [
    ['?before=2&after=1', '/query/before'],
    ['?q=', '/query/q'],
    ['?limit=0', '/query/limit'],
    ['?limit=1001', '/query/limit'],
    ['?stream=stdin', '/query/stream'],
    ['?follow=true', '/query/follow']
  ] as const) {
    t.match(await page(query), { status: 400, errors: [{ pointer }] }, query)
  }
})

t.test('a token reads the log of its apps only', async t => {
  const [owner, narrow] = [holder('owner'), holder('narrow', ['read'], ['other'])]
  const fastify = await build(t, { apps, tokens: [owner.entry, narrow.entry] })
  const { headers } = owner
  await fastify.inject({ method: 'POST', url: '/sessions?waitMs=60000', payload: { appId: 'writer' }, headers })
  t.equal((await fastify.inject({ url: '/sessions/1/log-lines', headers })).statusCode, 200)
  t.match((await fastify.inject({ url: '/sessions/1/log-lines', headers: narrow.headers })).json(), { status: 404 })
})
