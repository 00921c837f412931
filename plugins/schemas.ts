import fp from 'fastify-plugin'
import { App, AppKind, AppList, ReadinessKind } from '../src/http/shapes/catalogue.ts'
import { Controls, Event, EventPage, EventType, Message } from '../src/http/shapes/event.ts'
import { Expiry, ExpiryCause } from '../src/http/shapes/expiry.ts'
import {
  CgroupStatus,
  EventClients,
  Gateway,
  Limits,
  LogBytes,
  LoopDelay,
  Me,
  Memory,
  Retention,
  Scope,
  SupervisorStatus
} from '../src/http/shapes/gateway.ts'
import { Health } from '../src/http/shapes/health.ts'
import { LogEnd, LogLine, LogLinePage, LogMessage, LogStream } from '../src/http/shapes/log.ts'
import { ErrorCodeName, Fault, Problem } from '../src/http/shapes/problem.ts'
import {
  Labels,
  LastRun,
  LaunchRequest,
  OngoingStop,
  Restart,
  SentSignal,
  Session,
  SessionOrder,
  SessionPage,
  SessionPatch,
  SessionState,
  Stop,
  StopInitiator,
  StopReason,
  TotalUsage,
  Usage,
  WaitTarget
} from '../src/http/shapes/session.ts'
import { AppStats, Durations, Stats, StatsBucket } from '../src/http/shapes/stats.ts'
import { HealthStatus, Progress, Health as SessionHealth } from '../src/http/shapes/update.ts'

/** The named shapes of the API, which the schemas of the routes refer to. */
const shared = [
  ...[
    Labels,
    SessionState,
    StopReason,
    StopInitiator,
    LastRun,
    Restart,
    ExpiryCause,
    Expiry,
    Progress,
    HealthStatus,
    SessionHealth,
    OngoingStop,
    SentSignal,
    Usage,
    TotalUsage,
    Stop,
    Session,
    SessionOrder,
    SessionPage,
    LaunchRequest,
    SessionPatch
  ],
  ...[LogStream, LogLine, LogLinePage, LogEnd, LogMessage, WaitTarget],
  ...[EventType, Event, EventPage, ...Controls, Message],
  ...[App, AppKind, AppList, ReadinessKind],
  ...[Scope, Me, CgroupStatus, SupervisorStatus, Limits, Retention, EventClients, Memory, LoopDelay, LogBytes, Gateway],
  ...[Durations, StatsBucket, AppStats, Stats],
  ...[Health, Fault, ErrorCodeName, Problem]
]

export default fp(
  async fastify => {
    for (const schema of shared) fastify.addSchema(schema)
  },
  { name: 'schemas' }
)
