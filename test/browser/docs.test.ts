import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import t from 'tap'
import { openapi } from '../contract/committed.ts'
import { build } from '../helper.ts'
import { holder } from '../tokens.ts'

const executablePath = '/usr/bin/chromium'
const args = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync']
]

const skip = existsSync(executablePath) || process.env.CI ? {} : { skip: 'Chromium is not installed' }

t.test('/docs shows every operation, with nothing from elsewhere and nothing to complain of', skip, async t => {
  const fastify = await build(t, { tokens: [holder('owner').entry] })
  const gateway = await fastify.listen({ host: '127.0.0.1', port: 0 })
  const browser = await chromium.launch({ executablePath, args })
  t.teardown(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1200, height: 1600 } })
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', request => asked.push(request.url()))
  page.on('console', message => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(String(error)))
  await page.goto(`${gateway}/docs`)
  await page.waitForSelector('.opblock-summary')
  const shown = await page.$$eval('.opblock-summary-operation-id', ids => ids.map(({ textContent }) => textContent))
  const operations = Object.values(openapi.paths as object).flatMap(Object.values)
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
