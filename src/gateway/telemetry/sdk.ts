import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import packageJson from '../../../package.json' with { type: 'json' }
import type { Telemetry } from './open-telemetry.ts'
import { WatchedExporter } from './watched-exporter.ts'

/** How long the last spans may take when the gateway ends, in milliseconds. */
const lastExportMs = 2_000

/** Exports spans as OTLP over HTTP, in JSON, to the collector that the environment names. */
export function startSdk(): Telemetry {
  const exporter = new WatchedExporter(new OTLPTraceExporter())
  const ours = resourceFromAttributes({ 'service.name': packageJson.name, 'service.version': packageJson.version })
  const resource = ours.merge(detectResources({ detectors: [envDetector] }))
  const provider = new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] })
  provider.register()
  return {
    tellTo: log => exporter.tellTo(log),
    async close() {
      const late = new Promise<void>(resolve => setTimeout(resolve, lastExportMs).unref())
      await Promise.race([provider.shutdown().catch(() => {}), late])
    }
  }
}
