import type { Test } from 'tap'
import type { AppEntry } from '../../src/config/complete-apps.ts'
import { build, launch, spawners, until } from '../helper.ts'

/** A start that fails, and what its message must say. */
export type FailedStart = readonly [Partial<AppEntry>, ...RegExp[]]

/** Starts apps that fail, with both spawners, and looks at what is said of each. */
export function testFailedStarts(t: Test, title: string, failures: Readonly<Record<string, FailedStart>>): void {
  for (const spawner of spawners) {
    t.test(`${spawner}: ${title}`, async t => {
      const named = Object.entries(failures)
      const apps = Object.fromEntries(named.map(([, [app]], index) => [`app-${index}`, app]))
      const fastify = await build(t, { spawner, apps })
      const launched = await Promise.all(named.map((_, index) => launch(fastify, `app-${index}`)))
      for (const [index, [name, [, ...wanted]]] of named.entries()) {
        const session = await until(fastify, launched[index]?.id ?? 0, 'stopped')
        const message = 'stop' in session ? (session.stop.message ?? '') : ''
        for (const text of wanted) t.match(message, text, name)
      }
    })
  }
}
