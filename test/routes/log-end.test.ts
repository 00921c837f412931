import { once } from 'node:events'
import t, { type Test } from 'tap'
import { open } from '../clients.ts'
import { build, launch, shell, stop, temporaryFolder } from '../helper.ts'
import { holder } from '../tokens.ts'

const lines = 1_000
const app = shell(`echo READY; seq -f 'line %05g of an app that says much' ${lines}; exec sleep 600`)
const types = ['text/plain', 'application/x-ndjson', 'text/event-stream']

/** Resolves when a follower has all lines so far; `answer` is what it has in the end, and whether that is a whole answer. */
async function follow(t: Test, url: string, headers: { readonly accept: string; readonly authorization?: string }) {
  const { response } = await open(t, `${url}/sessions/1/logs?follow=true&tail=${lines}`, headers)
  let text = ''
  response.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  response.on('error', () => {})
  const closed = new Promise(resolve => response.on('close', resolve))
  while (!text.includes('line 01000')) await Promise.race([once(response, 'data'), closed])
  const answer = closed.then(() => ({ isWhole: response.complete, count: text.match(/line \d+ of/g)?.length, text }))
  return { answer }
}

t.test('a followed log that ends with the session is whole, and says so where there is room for it', async t => {
  const fastify = await build(t, { apps: { app } })
  await launch(fastify, 'app')
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const followers = await Promise.all(types.map(accept => follow(t, url, { accept })))
  await stop(fastify, 1)
  const answers = await Promise.all(followers.map(({ answer }) => answer))
  t.match(answers, [
    { isWhole: true, count: lines, text: /an app that says much\n$/ },
    { isWhole: true, count: lines, text: /\}\n\{"type":"end","state":"stopped"\}\n$/ },
    { isWhole: true, count: lines, text: /\nevent: end\ndata: \{"type":"end","state":"stopped"\}\n\n$/ }
  ])
})

t.test('one that ends with the gateway is broken off after its last line, without a mark', async t => {
  const stateDir = await temporaryFolder(t)
  const fastify = await build(t, { apps: { app }, server: { onStop: 'keep' }, stateDir })
  await launch(fastify, 'app')
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const followers = await Promise.all(types.map(accept => follow(t, url, { accept })))
  await fastify.close()
  for (const { answer } of followers) t.match(await answer, brokenOff)
  // Stops the session.
  await build(t, { stateDir })
})

t.test('one whose token is revoked is broken off, too', async t => {
  const { entry, headers } = holder('reader')
  const fastify = await build(t, { apps: { app }, tokens: [entry] })
  await fastify.inject({ method: 'POST', url: '/sessions', headers, payload: { appId: 'app' } })
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const followers = await Promise.all(types.map(accept => follow(t, url, { ...headers, accept })))
  fastify.gateway.access.reload([])
  for (const { answer } of followers) t.match(await answer, brokenOff)
})

const brokenOff = { isWhole: false, count: lines, text: /an app that says much("\})?\n+$/ }
