import type { Page, Request } from 'playwright-core'
import t, { type Test } from 'tap'
import { openapi } from '../contract/committed.ts'
import { build, shell } from '../helper.ts'
import { holder } from '../tokens.ts'
import { launchChromium, skip } from './chromium.ts'

interface Parameter {
  readonly name: string
  readonly schema: object
}

interface Operation {
  readonly operationId: string
  readonly tags: readonly [string]
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[]
}

const operations: readonly Operation[] = Object.values(openapi.paths as object).flatMap(Object.values)

t.test('/docs shows every operation, with nothing from elsewhere and nothing to complain of', skip, async t => {
  const fastify = await build(t, { tokens: [holder('owner').entry] })
  const gateway = await fastify.listen({ host: '127.0.0.1', port: 0 })
  const page = await newPage(t)
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', request => asked.push(request.url()))
  page.on('console', message => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(String(error)))
  await page.goto(`${gateway}/docs`)
  await page.waitForSelector('.opblock-summary')
  const shown = await page.$$eval('.opblock-summary-operation-id', ids => ids.map(({ textContent }) => textContent))
  t.same([...shown].sort(), operations.map(({ operationId }) => operationId).sort())
  await page.click('#operations-sessions-launchSession .opblock-summary-control')
  await page.waitForSelector('#operations-sessions-launchSession .responses-table')
  await page.screenshot({ path: process.env.WEFT_SCREENSHOT ?? '/dev/null', type: 'png' })
  t.same(
    asked.filter(url => !url.startsWith(`${gateway}/`) && !url.startsWith('data:')),
    []
  )
  t.same(complaints, [])
})

t.test('the page at / has its style, and nothing to complain of', skip, async t => {
  const fastify = await build(t)
  const page = await newPage(t)
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  await page.goto(await fastify.listen({ host: '127.0.0.1', port: 0 }))
  t.match(await page.textContent('h1'), /^weft-gateway /)
  t.equal(await page.evaluate('getComputedStyle(document.querySelector("dd")).marginLeft'), '160px')
  t.same(complaints, [])
})

t.test('"Execute" works for every operation on a fresh gateway, and sends no examples', skip, async t => {
  const fastify = await build(t, { apps: { 'demo.clock': shell('echo READY; exec sleep 600') } })
  const page = await newPage(t)
  const sent: string[] = []
  page.on('request', request => sent.push(...membersOf(request)))
  await page.goto(`${await fastify.listen({ host: '127.0.0.1', port: 0 })}/docs`)
  // One is launched, so that there is a session to change, and then stopped, so that there is an end to wait for.
  const first = ['launchSession', 'updateSession', 'renewSession', 'stopSession']
  for (const operation of operations.toSorted((a, b) => rank(a) - rank(b))) {
    t.match(await execute(page, operation), /^2\d\d/, operation.operationId)
  }
  t.same(
    sent.filter(name => !withDefaults.has(name)),
    []
  )

  function rank({ operationId }: Operation): number {
    return first.includes(operationId) ? first.indexOf(operationId) : first.length
  }
})

/** The names of query parameters that have a default. */
const withDefaults = new Set(
  operations
    .flatMap(({ parameters = [] }) => parameters)
    .map(resolved)
    .filter(({ schema }) => 'default' in schema)
    .map(({ name }) => name)
)

/** Parameters of several operations are components. */
function resolved(parameter: Parameter | { readonly $ref: string }): Parameter {
  if (!('$ref' in parameter)) return parameter
  const { parameters } = openapi.components as { parameters: Record<string, Parameter> }
  return parameters[parameter.$ref.replace('#/components/parameters/', '')] as Parameter
}

/** The names of what can be left out and is there. */
function membersOf(request: Request): string[] {
  const headers = ['prefer', 'idempotency-key', 'if-none-match', 'last-event-id']
  const query = new URL(request.url()).searchParams
  return [...query.keys(), ...headers.filter(name => name in request.headers())]
}

async function newPage(t: Test): Promise<Page> {
  const browser = await launchChromium(t)
  const page = await browser.newPage({ viewport: { width: 1200, height: 1600 } })
  // It only has to come to an end, however slow the machine is.
  page.setDefaultTimeout(120_000)
  return page
}

/** The status of the answer that the page shows. The id of a session is all that has to be typed. */
async function execute(page: Page, { operationId, tags: [tag] }: Operation): Promise<string> {
  const block = page.locator(`#operations-${tag}-${operationId}`)
  await block.locator('.opblock-summary-control').click()
  await block.locator('.try-out__btn').click()
  const id = block.locator('tr[data-param-name="id"] input')
  if ((await id.count()) > 0 && (await id.inputValue()) === '') await id.fill('1')
  await block.locator('.execute').click()
  const status = await block.locator('.live-responses-table tbody td.response-col_status').textContent()
  await block.locator('.opblock-summary-control').click()
  return String(status)
}
