import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import type { Test } from 'tap'
import { skipWithout } from '../skip-without.ts'

const executablePath = '/usr/bin/chromium'
const args = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync']
]

/** The options of a test in a browser. */
export const skip =
  existsSync(executablePath) || process.env.CI
    ? skipWithout('playwright-core', import.meta.url)
    : { skip: 'Chromium is not installed' }

/** Closed when the test ends. */
export async function launchChromium(t: Test, ...more: string[]): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({ executablePath, args: [...args, ...more] })
  t.teardown(() => browser.close())
  return browser
}
