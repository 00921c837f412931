import type { ReadinessKind } from './kind.ts'

/** A URL that answers with 2xx or 3xx. */
export const http: ReadinessKind<string> = {
  schema: { type: 'string', pattern: '^http://[^\\s\\u0000]+$' },
  faults: setting => (URL.canParse(setting.replaceAll('{port}', '1')) ? [] : ['is not a URL']),
  fill: (setting, fill) => fill(setting)
}
