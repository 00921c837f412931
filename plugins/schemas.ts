import fp from 'fastify-plugin'
import { App, AppList } from '../src/http/shapes/catalogue.ts'
import { Document } from '../src/http/shapes/document.ts'
import { Controls, Event, EventPage, Events, EventType, Message } from '../src/http/shapes/event.ts'
import { Health } from '../src/http/shapes/health.ts'
import { ErrorCodeName, Fault, Problem } from '../src/http/shapes/problem.ts'
import {
  Labels,
  LaunchRequest,
  LogLine,
  OngoingStop,
  Session,
  SessionPage,
  SessionState,
  Stop,
  StopInitiator,
  StopReason
} from '../src/http/shapes/session.ts'

/** The named shapes of the API, which the schemas of the routes refer to. */
const shared = [
  ...[Labels, SessionState, StopReason, StopInitiator, OngoingStop, Stop, Session, SessionPage, LaunchRequest, LogLine],
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
