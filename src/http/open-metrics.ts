import { Counter, type Metric, type OpenMetricsContentType, Registry } from 'prom-client'

export type OpenMetrics = Registry<OpenMetricsContentType>

/** A registry of the format OpenMetrics, which has exemplars. */
export function openMetricsRegistry(): OpenMetrics {
  const registry = new Registry<OpenMetricsContentType>()
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  return registry
}

/** Puts the metrics of both registries into both. */
export function shareMetrics(metrics: Registry, openMetrics: OpenMetrics): void {
  for (const metric of metricsOf(openMetrics)) metrics.registerMetric(metric)
  for (const metric of metricsOf(metrics))
    openMetrics.registerMetric(metric instanceof Counter ? renamable(metric) : metric)
}

function metricsOf(registry: Registry | OpenMetrics): readonly Metric[] {
  return registry.getMetricsAsArray().flatMap(({ name }) => registry.getSingleMetric(name) ?? [])
}

/** A registry of OpenMetrics changes the names of its counters; in the other one they stay as they are. */
function renamable(counter: Metric): Metric {
  return Object.create(counter, { name: { value: Reflect.get(counter, 'name'), writable: true } })
}
