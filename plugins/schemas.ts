import fp from 'fastify-plugin'
import { App, AppList } from '../src/http/shapes/catalogue.ts'
import { Controls, Event, EventPage, EventType, Message } from '../src/http/shapes/event.ts'
import { Health } from '../src/http/shapes/health.ts'
import { ErrorCodeName, Fault, Problem } from '../src/http/shapes/problem.ts'
import {
  Labels,
  LaunchRequest,
  LogLine,
  LogLinePage,
  LogStream,
  LogStreamFilter,
  OngoingStop,
  Session,
  SessionPage,
  SessionState,
  Stop,
  StopInitiator,
  StopReason,
  WaitTarget
} from '../src/http/shapes/session.ts'

/** The named shapes of the API, which the schemas of the routes refer to. */
const shared = [
  ...[Labels, SessionState, StopReason, StopInitiator, OngoingStop, Stop, Session, SessionPage, LaunchRequest],
  ...[LogStream, LogStreamFilter, LogLine, LogLinePage, WaitTarget],
  ...[EventType, Event, EventPage, ...Controls, Message],
  ...[App, AppList],
  ...[Health, Fault, ErrorCodeName, Problem]
]

export default fp(
  async fastify => {
    for (const schema of shared) fastify.addSchema(schema)
  },
  { name: 'schemas' }
)
