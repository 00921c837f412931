import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import type { Test } from 'tap'

type Value = { readonly stringValue?: string; readonly intValue?: number | string; readonly boolValue?: boolean }

interface Attribute {
  readonly key: string
  readonly value: Value
}

interface ExportedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly status: { readonly code?: number; readonly message?: string }
}

/** The body of an export, as OTLP/HTTP has it in JSON. */
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[]
  }[]
}

export interface SpanOfTest extends Omit<ExportedSpan, 'attributes'> {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
}

export interface SpanTree {
  readonly span: SpanOfTest
  readonly children: readonly SpanTree[]
}

/** A collector in this process: receives what an OTLP exporter sends. */
export class Collector {
  readonly spans: SpanOfTest[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** @param port any free one by default */
  static async start(t: Test, port = 0): Promise<Collector> {
    const server = createServer(async (request, response) => {
      collector.#take((await json(request)) as Export)
      response.setHeader('content-type', 'application/json').end('{}')
    })
    const collector = new Collector(server)
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    return collector
  }

  /** The environment of a gateway that exports here, at once. */
  get env(): Record<string, string> {
    const { port } = this.#server.address() as { port: number }
    return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_BSP_SCHEDULE_DELAY: '10' }
  }

  /** The tree of a trace, once it has a span that fits. */
  async tree(traceId: string, isComplete: (spans: readonly SpanOfTest[]) => boolean): Promise<SpanTree> {
    for (;;) {
      const spans = this.spans.filter(span => span.traceId === traceId)
      if (isComplete(spans)) return treeOf(spans)
      await once(this.#server, 'taken')
    }
  }

  /** The trace of the first span of this name, once there is one. */
  async traceOf(name: string): Promise<string> {
    for (;;) {
      const span = this.spans.find(span => span.name === name)
      if (span) return span.traceId
      await once(this.#server, 'taken')
    }
  }

  #take({ resourceSpans }: Export): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
        const attributes = membersOf(span.attributes)
        this.spans.push({ ...span, attributes, resource: membersOf(resource.attributes) })
      }
    }
    this.#server.emit('taken')
  }
}

/** Fails unless there is exactly one span whose parent is not among them. */
function treeOf(spans: readonly SpanOfTest[]): SpanTree {
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const [root, ...others] = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? ''))
  if (!root || others.length > 0) throw new Error(`${others.length + (root ? 1 : 0)} roots in ${JSON.stringify(spans)}`)
  const grow = (span: SpanOfTest): SpanTree => {
    const children = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId)
    return { span, children: children.sort((a, b) => orderOf(a, b)).map(grow) }
  }
  return grow(root)
}

function orderOf(a: SpanOfTest, b: SpanOfTest): number {
  const [before, after] = [a, b].map(({ startTimeUnixNano, endTimeUnixNano }) => [
    BigInt(startTimeUnixNano),
    BigInt(endTimeUnixNano)
  ]) as [[bigint, bigint], [bigint, bigint]]
  return before[0] === after[0] ? Number(before[1] - after[1]) : Number(before[0] - after[0])
}

function membersOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.boolValue ?? Number(value.intValue)])
  )
}
