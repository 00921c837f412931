import { trace } from '@opentelemetry/api'
import packageJson from '../../../package.json' with { type: 'json' }

/** Makes the spans of the gateway; without an SDK they record nothing. */
export const tracer = trace.getTracer(packageJson.name, packageJson.version)
