import fp from 'fastify-plugin'
import { App, AppList } from '../routes/apps/schema.ts'
import { Event, EventPage, Events } from '../routes/events/schema.ts'
import { Fault, Problem } from '../routes/failures.ts'
import { Health } from '../routes/health/schema.ts'
import { Labels, LaunchRequest, Session, SessionPage, Stop } from '../routes/sessions/schema.ts'

/** The named shapes of the API, which the schemas of the routes refer to. */
const shared = [
  ...[Labels, Stop, Session, SessionPage, LaunchRequest],
  ...[...Events, Event, EventPage],
  ...[App, AppList],
  ...[Health, Fault, Problem]
]

export default fp(
  async fastify => {
    for (const schema of shared) fastify.addSchema(schema)
  },
  { name: 'schemas' }
)
