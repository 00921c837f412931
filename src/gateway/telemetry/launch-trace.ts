import {
  type Attributes,
  type Context,
  context,
  propagation,
  type Span,
  SpanStatusCode,
  trace
} from '@opentelemetry/api'
import { GatewayError } from '../errors.ts'
import type { LaunchEnv } from '../store/records.ts'
import { tracer } from './tracer.ts'

type Step = 'admission' | 'commit' | 'queue' | 'spawn' | 'ready' | 'stop'

/** Why a launch, or a step of it, failed. */
interface Failure {
  readonly type: string
  readonly message?: string | undefined
}

/** The span of one launch, from its admission until the app is ready or has ended, and in it those of its steps, one after the other. */
export class LaunchTrace {
  readonly #span: Span
  readonly #context: Context
  readonly #epochMs = Date.now() - performance.now()
  /** The facts of the supervisor are in whole milliseconds: nothing may seem to end before it began. */
  #latestMs = 0
  #step: { readonly name: Step; readonly span: Span } | undefined

  /** Its parent is the active span: that of the request. */
  constructor(appId: string) {
    const startTime = this.#time()
    this.#span = tracer.startSpan('launch', { startTime, attributes: { 'weft.app.id': appId } })
    this.#context = trace.setSpan(context.active(), this.#span)
    this.begin('admission')
  }

  /** The id of the trace while the launch is under way, if it is recorded. */
  get traceId(): string | undefined {
    return this.#span.isRecording() ? this.#span.spanContext().traceId : undefined
  }

  get step(): Step | undefined {
    return this.#step?.name
  }

  set(attributes: Attributes): void {
    this.#span.setAttributes(attributes)
  }

  /** Ends the step before, now or when the supervisor says. */
  begin(name: Step, atMs?: number): void {
    const startTime = this.#endStep(atMs)
    this.#step = { name, span: tracer.startSpan(name, { startTime }, this.#context) }
  }

  /** The checks of the launch have passed. */
  admitted(): void {
    this.begin('commit')
  }

  /** Ends the step with what happened at `at`; the span of its event lasts from then until clients have got it. */
  published(type: string, { at, seq }: { readonly at?: string; readonly seq?: number } = {}): void {
    const startTime = this.#endStep(at === undefined ? undefined : Date.parse(at))
    const attributes = { 'weft.event.type': type, ...(seq !== undefined && { 'weft.event.seq': seq }) }
    tracer.startSpan('event', { startTime, attributes }, this.#context).end(this.#time())
  }

  /** Marks the step, if one is under way, and the launch as failed. */
  fail({ type, message }: Failure): void {
    const status = { code: SpanStatusCode.ERROR, ...(message && { message }) }
    for (const span of [this.#step?.span, this.#span]) span?.setStatus(status).setAttribute('error.type', type)
  }

  /** An error ended the launch before a session was passed on to the supervisor. */
  refused(error: unknown): void {
    const message = error instanceof Error ? error.message : undefined
    this.fail({ type: error instanceof GatewayError ? error.code : 'internal', message })
    this.end()
  }

  end(): void {
    this.#span.end(this.#endStep())
  }

  /**
   * The environment of the launch with the context of this trace, as OpenTelemetry names the variables. Those that the
   * app's entry or the client sets are left as they are.
   */
  environment(env: LaunchEnv, ofApp: LaunchEnv): LaunchEnv {
    if (Object.hasOwn(env, 'TRACEPARENT') || Object.hasOwn(ofApp, 'TRACEPARENT')) return env
    const carrier: { traceparent?: string; tracestate?: string } = {}
    propagation.inject(this.#context, carrier)
    const { traceparent: TRACEPARENT, tracestate: TRACESTATE } = carrier
    return { ...(TRACEPARENT && { TRACEPARENT }), ...(TRACESTATE && { TRACESTATE }), ...env }
  }

  #endStep(atMs?: number): number {
    const time = this.#time(atMs)
    this.#step?.span.end(time)
    this.#step = undefined
    return time
  }

  #time(ms = this.#epochMs + performance.now()): number {
    this.#latestMs = Math.max(this.#latestMs, ms)
    return this.#latestMs
  }
}
