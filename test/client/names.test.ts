import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { errorCodes, eventTypes, sessionStates, stopReasons } from '../../clients/typescript/src/client.ts'
import openapi from '../../openapi.json' with { type: 'json' }

t.test('the client names all values of the contract', async t => {
  const { SessionState, StopReason, EventType, ErrorCode } = openapi.components.schemas
  const named = { sessionStates, stopReasons, eventTypes, errorCodes }
  t.same(named, {
    sessionStates: SessionState['x-extensible-enum'],
    stopReasons: StopReason['x-extensible-enum'],
    eventTypes: EventType['x-extensible-enum'],
    errorCodes: ErrorCode['x-extensible-enum']
  })
})

t.test('the client imports nothing but its own files, so that it runs in a browser', async t => {
  const folder = join(import.meta.dirname, '../../clients/typescript/src')
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.ts')) continue
    const code = await readFile(join(folder, file), 'utf8')
    const imported = [...code.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm)].map(([, name]) => name)
    t.same(
      imported.filter(name => !name?.startsWith('./')),
      [],
      file
    )
  }
})
