import { ProxyTracerProvider, trace } from '@opentelemetry/api'
import type { Log } from '../log.ts'

/** The traces of this process. */
export interface Telemetry {
  /** From now on, failures to export are told to this log. */
  tellTo(log: Log): void
  /** Exports what is left, for a limited time. */
  close(): Promise<void>
}

const external: Telemetry = { tellTo() {}, async close() {} }

/**
 * Starts the SDK if the environment names a collector; one that was loaded before, with `--import`, is used as it is.
 * Undefined if there is neither: then nothing of OpenTelemetry but its API is loaded.
 */
export async function openTelemetry(env: NodeJS.ProcessEnv = process.env): Promise<Telemetry | undefined> {
  if (hasProvider()) return external
  if (!isConfigured(env)) return undefined
  const { startSdk } = await import('./sdk.ts')
  return startSdk()
}

/** The variables are those of OpenTelemetry's specification. */
function isConfigured(env: NodeJS.ProcessEnv): boolean {
  const collector = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT
  const isOff = env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none'
  return collector !== undefined && collector !== '' && !isOff
}

/** Without one, the API delegates to a provider that does nothing, which all proxies share. */
function hasProvider(): boolean {
  const provider = trace.getTracerProvider()
  return (
    !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== new ProxyTracerProvider().getDelegate()
  )
}
