import fp from 'fastify-plugin'
import { App, AppList } from '../routes/apps/schema.ts'
import { Controls, Event, EventPage, Events, EventType, Message } from '../routes/events/schema.ts'
import { ErrorCodeName, Fault, Problem } from '../routes/failures.ts'
import { Health } from '../routes/health/schema.ts'
import { Document } from '../routes/openapi/schema.ts'
import {
  Labels,
  LaunchRequest,
  LogLine,
  Session,
  SessionPage,
  SessionState,
  Stop,
  StopInitiator,
  StopReason
} from '../routes/sessions/schema.ts'

/** The named shapes of the API, which the schemas of the routes refer to. */
const shared = [
  ...[Labels, SessionState, StopReason, StopInitiator, Stop, Session, SessionPage, LaunchRequest, LogLine],
  ...[EventType, ...Events, Event, EventPage, ...Controls, Message],
  ...[App, AppList],
  ...[Health, Fault, ErrorCodeName, Problem, Document]
]

export default fp(
  async fastify => {
    for (const schema of shared) fastify.addSchema(schema)
  },
  { name: 'schemas' }
)
