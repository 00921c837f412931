import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node'
import type { Log } from '../log.ts'

type Exported = Parameters<SpanExporter['export']>[1]

/** An exporter that logs when the collector begins to fail, and when it takes spans again. */
export class WatchedExporter implements SpanExporter {
  readonly #exporter: SpanExporter
  #log: Log | undefined
  #lostSpans = 0

  constructor(exporter: SpanExporter) {
    this.#exporter = exporter
  }

  tellTo(log: Log): void {
    this.#log = log
  }

  export(spans: ReadableSpan[], exported: Exported): void {
    this.#exporter.export(spans, result => {
      if (result.code === 0) this.#succeeded()
      else this.#failed(spans.length, result.error)
      exported(result)
    })
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown()
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.()
  }

  #succeeded(): void {
    const lostSpans = this.#lostSpans
    this.#lostSpans = 0
    if (lostSpans > 0) this.#log?.info({ lostSpans }, 'the collector takes traces again')
  }

  #failed(spans: number, err: Error | undefined): void {
    if (this.#lostSpans === 0) this.#log?.warn({ err }, 'the collector does not take traces')
    this.#lostSpans += spans
  }
}
