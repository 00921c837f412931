import fp from 'fastify-plugin'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import packageJson from '../package.json' with { type: 'json' }
import { type OpenMetrics, openMetricsRegistry, shareMetrics } from '../src/http/open-metrics.ts'
import { isStopped, type Session, sessionStates } from '../src/session/session.ts'
import type { Told } from '../src/session/update.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The metrics for Prometheus. */
    readonly metrics: Registry
    /** The same metrics as OpenMetrics, with exemplars if launches are traced. */
    readonly openMetrics: OpenMetrics
  }
}

const outsideCatalogue = '(runtime)'

/** Upper bounds, in seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** The metrics of the gateway. Session ids are never labels. */
export default fp<{ readonly lostLogLines?: (() => number) | undefined }>(
  async (fastify, { lostLogLines = () => 0 }) => {
    const { sessions, feed, supervisor, catalogue, traces } = fastify.gateway
    const metrics = new Registry()
    const registers = [metrics]
    // Metrics with exemplars can be made in such a registry only.
    const openMetrics = openMetricsRegistry()
    const histograms = { buckets, enableExemplars: traces !== undefined, registers: [openMetrics] }
    collectDefaultMetrics({ register: metrics })

    new Gauge({
      name: 'weft_build_info',
      help: 'Always 1; the version is a label.',
      labelNames: ['version'],
      registers
    })
      .labels(packageJson.version)
      .set(1)
    new Gauge({
      name: 'weft_sessions',
      help: 'Sessions that are not stopped, by state.',
      labelNames: ['state'],
      registers,
      collect() {
        for (const state of sessionStates) {
          if (state !== 'stopped') this.labels(state).set(sessions.counts.inState(state))
        }
      }
    })
    new Gauge({
      name: 'weft_event_clients',
      help: 'Clients that follow the events, by transport.',
      labelNames: ['transport'],
      registers,
      collect() {
        for (const [transport, count] of Object.entries(feed.clients)) this.labels(transport).set(count)
      }
    })
    new Counter({
      name: 'weft_event_clients_evicted_total',
      help: 'Clients that were closed because they did not read.',
      labelNames: ['transport'],
      registers,
      collect() {
        this.reset()
        for (const [transport, count] of Object.entries(feed.evicted)) this.labels(transport).inc(count)
      }
    })
    new Counter({
      name: 'weft_event_clients_failed_total',
      help: 'Clients that were closed because of an error of the gateway.',
      labelNames: ['transport'],
      registers,
      collect() {
        this.reset()
        for (const [transport, count] of Object.entries(feed.failed)) this.labels(transport).inc(count)
      }
    })
    new Gauge({
      name: 'weft_supervisor_up',
      help: '1 while the process that runs the sessions is attached.',
      registers,
      collect() {
        this.set(supervisor.isUsable ? 1 : 0)
      }
    })
    new Counter({
      name: 'weft_supervisor_attachments_total',
      help: 'How often the gateway has attached to a supervisor.',
      registers,
      collect() {
        this.reset()
        this.inc(supervisor.attachments)
      }
    })
    new Counter({
      name: 'weft_unknown_sessions_total',
      help: 'Sessions that the supervisor ran and the event log did not know; they were ended.',
      registers,
      collect() {
        this.reset()
        this.inc(supervisor.unknownSessions)
      }
    })
    new Counter({
      name: 'weft_log_bytes_total',
      help: 'Bytes that sessions wrote and that were kept in their logs.',
      registers,
      collect() {
        this.reset()
        this.inc(supervisor.logUsage.bytes)
      }
    })
    new Counter({
      name: 'weft_log_dropped_bytes_total',
      help: 'Bytes that sessions wrote and that the disk did not take.',
      registers,
      collect() {
        this.reset()
        this.inc(supervisor.logUsage.droppedBytes)
      }
    })
    new Counter({
      name: 'weft_strays_total',
      help: 'Processes that were ended because nothing told whose they were.',
      registers,
      collect() {
        this.reset()
        this.inc(supervisor.logUsage.strays ?? 0)
      }
    })
    new Counter({
      name: 'weft_log_lines_lost_total',
      help: 'Lines of the gateway’s own log that its reader or the disk did not take.',
      registers,
      collect() {
        this.reset()
        this.inc(lostLogLines())
      }
    })
    new Gauge({
      name: 'weft_connections',
      help: 'Connections of clients that are open.',
      registers,
      collect() {
        this.set(fastify.connections.count)
      }
    })
    new Counter({
      name: 'weft_connections_closed_total',
      help: 'Connections that were closed because of a limit, by the limit.',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset()
        for (const [reason, count] of Object.entries(fastify.connectionsClosed)) this.labels(reason).inc(count)
      }
    })
    const events = new Counter({ name: 'weft_events_total', help: 'Events, by type.', labelNames: ['type'], registers })
    const launches = new Counter({
      name: 'weft_launches_total',
      help: 'Launches, by app.',
      labelNames: ['app_id'],
      registers
    })
    const stops = new Counter({
      name: 'weft_stops_total',
      help: 'Sessions that stopped, by app and reason.',
      labelNames: ['app_id', 'reason'],
      registers
    })
    const unhealthy = new Counter({
      name: 'weft_session_unhealthy_total',
      help: 'How often sessions became unhealthy, by app.',
      labelNames: ['app_id'],
      registers
    })
    const cpu = new Counter({
      name: 'weft_session_cpu_seconds_total',
      help: 'CPU time of sessions that stopped, by app.',
      labelNames: ['app_id'],
      registers
    })
    const peak = new Gauge({
      name: 'weft_session_peak_rss_bytes',
      help: 'The most resident memory of the session of each app that stopped last.',
      labelNames: ['app_id'],
      registers
    })
    const ready = new Histogram({
      name: 'weft_session_ready_seconds',
      help: 'From the beginning of the start to ready.',
      ...histograms
    })
    const queued = new Histogram({
      name: 'weft_session_queue_seconds',
      help: 'From the launch to the beginning of the start, of sessions that were queued.',
      ...histograms
    })
    const stopping = new Histogram({
      name: 'weft_session_stop_seconds',
      help: 'From the start of the stop to the end of the whole tree.',
      ...histograms
    })

    /** App ids outside the catalogue share one label: clients can make up any number of them. */
    const appOf = ({ appId }: Session) => (catalogue.has(appId) ? appId : outsideCatalogue)

    /** With the trace that launched the session. */
    const observe = (histogram: Histogram, value: number, { id }: Session) => {
      const traceId = traces?.traceIdOf(id)
      if (traceId) histogram.observe({ value, labels: {}, exemplarLabels: { trace_id: traceId } })
      else if (traces) histogram.observe({ value, labels: {} })
      else histogram.observe(value)
    }

    /** By session: when it became unhealthy for the last time. */
    const unhealthySince = new Map<number, string>()
    const becameUnhealthy = (session: Session & Told) => {
      const { id, health } = session
      if (health?.status !== 'unhealthy' || unhealthySince.get(id) === health.since) return false
      unhealthySince.set(id, health.since)
      return true
    }

    sessions.subscribe(({ type }, session) => {
      events.labels(type).inc()
      if (type === 'Launched') launches.labels(appOf(session)).inc()
      if (type === 'Starting' && (session.run ?? 1) === 1)
        observe(queued, seconds(session.createdAt, startOf(session)), session)
      if (type === 'Updated' && becameUnhealthy(session)) unhealthy.labels(appOf(session)).inc()
      if (type === 'AppReady' && session.state === 'running')
        observe(ready, seconds(startOf(session), session.readyAt), session)
      if (type !== 'Stopped' || !isStopped(session)) return
      unhealthySince.delete(session.id)
      stops.labels(appOf(session), session.stop.reason).inc()
      const { usage } = session.stop
      if (usage) cpu.labels(appOf(session)).inc(usage.cpuMs / 1_000)
      if (usage?.peakRssBytes) peak.labels(appOf(session)).set(usage.peakRssBytes)
      if (session.stop.since) observe(stopping, seconds(session.stop.since, session.stoppedAt), session)
    })
    fastify.decorate('metrics', metrics)
    shareMetrics(metrics, openMetrics)
    fastify.decorate('openMetrics', openMetrics)
    fastify.addHook('onClose', async () => metrics.clear())
  },
  { name: 'metrics', dependencies: ['gateway', 'connections'] }
)

function startOf(session: Session): string {
  return 'startedAt' in session ? (session.startedAt ?? session.createdAt) : session.createdAt
}

function seconds(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) / 1_000
}
