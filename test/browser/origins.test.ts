import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { build, shell } from '../helper.ts'
import { launchChromium, skip } from './chromium.ts'

const script = readFileSync(new URL('attempts.js', import.meta.url), 'utf8')

t.test('pages in a real browser', skip, async t => {
  const browser = await launchChromium(t)
  const hostile = await servePage(t)
  const friendly = await servePage(t)
  const fastify = await build(t, {
    apps: { steady: shell('echo READY; exec sleep 600') },
    server: { allowedOrigins: [friendly] }
  })
  const gateway = await fastify.listen({ host: '127.0.0.1', port: 0 })
  const { id } = (await fastify.inject({ method: 'POST', url: '/sessions', payload: { appId: 'steady' } })).json()

  t.test('a page of another origin can neither read nor launch nor stop anything', async t => {
    const page = await open(browser, hostile)
    t.same(await attempts(page, gateway, id), {
      read: 'refused',
      launch: 'refused',
      simpleLaunch: 'refused',
      formLaunch: 'sent',
      stop: 'refused',
      webSocket: 'refused',
      eventSource: 'refused'
    })
    t.same(await sessionsOf(fastify), [`${id} running`], 'nothing was launched or stopped')
  })

  t.test('nor by a name that leads to this machine (DNS rebinding)', async t => {
    const rebound = await launchChromium(t, '--host-resolver-rules=MAP evil.example 127.0.0.1')
    const page = await rebound.newPage()
    const response = await page.goto(`http://evil.example:${new URL(gateway).port}/sessions`)
    t.equal(response?.status(), 421)
  })

  t.test('a page of an allowed origin can', async t => {
    const page = await open(browser, friendly)
    const seen = await attempts(page, gateway, id)
    t.match(seen, { read: 'done', launch: 'done', stop: 'done', webSocket: 'done', eventSource: 'done' })
    t.equal(seen.simpleLaunch, 'answered 415', 'but not with a simple content type')
    t.ok((await sessionsOf(fastify)).length > 1, 'it launched')
  })
})

/** A page on a port of its own, which is an origin of its own. */
async function servePage(t: Test): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><title>page</title><iframe name="target"></iframe><script>${script}</script>`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(url)
  return page
}

function attempts(page: Page, gateway: string, id: number): Promise<Record<string, string>> {
  return page.evaluate(`attempts(${JSON.stringify(gateway)}, ${id})`)
}

async function sessionsOf(fastify: FastifyInstance): Promise<string[]> {
  const { items } = (await fastify.inject('/sessions')).json()
  return items.map(({ id, state }: { id: number; state: string }) => `${id} ${state}`)
}
