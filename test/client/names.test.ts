import t from 'tap'
import openapi from '../../openapi.json' with { type: 'json' }
import { errorCodes, eventTypes, sessionStates, stopReasons } from '../../src/client/client.ts'

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
