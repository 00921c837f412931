import { context, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Telemetry } from '../src/gateway/telemetry/open-telemetry.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The id of the trace that is being recorded; undefined if none is. */
    tracedBy(): string | undefined
  }
}

/** A span for each request, in the trace of its `traceparent`; nothing at all if there is no telemetry. */
export default fp<{ readonly telemetry: Telemetry | undefined }>(
  async (fastify, { telemetry }) => {
    if (!telemetry) return void fastify.decorate('tracedBy', () => undefined)
    fastify.decorate('tracedBy', () => trace.getActiveSpan()?.spanContext().traceId)
    telemetry.tellTo(fastify.log)
    fastify.addHook('onClose', () => telemetry.close())
    // An SDK that was loaded before can have brought it along.
    if (fastify.hasPlugin('@fastify/otel')) return
    // In the bundle a package of CommonJS has its default export only.
    const { default: otel } = await import('@fastify/otel')
    const spans = { instrumentHooks: false, instrumentHandler: false, recordExceptions: false }
    await fastify.register(new otel.FastifyOtelInstrumentation({ ...spans, requestHook: describe }).plugin())
    // The body is read in the context of its connection.
    fastify.addHook('preValidation', (request, _reply, done) => {
      context.with(request.opentelemetry().context ?? context.active(), done)
    })
    fastify.addHook('onSend', async (request, { statusCode }) => {
      // The plugin marks each error as one of the gateway.
      if (statusCode >= 400 && statusCode < 500) {
        request.opentelemetry().span?.setStatus({ code: SpanStatusCode.OK })
      }
    })
  },
  { name: 'tracing' }
)

/** As the semantic conventions for HTTP servers ask. */
function describe(span: Span, { method, url, routeOptions }: FastifyRequest): void {
  const [path = '', query] = url.split('?')
  span.updateName(routeOptions.url ? `${method} ${routeOptions.url}` : method)
  span.setAttributes({ 'url.scheme': 'http', 'url.path': path, ...(query && { 'url.query': query }) })
}
