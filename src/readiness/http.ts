import { parse, render } from '../template/template.ts'
import type { ReadinessKind } from './kind.ts'

/** A URL that answers with 2xx or 3xx, or with `status`. */
export const http: ReadinessKind<string> = {
  schema: { type: 'string', pattern: '^http://[^\\s\\u0000]+$', description: 'a URL that answers with 2xx or 3xx' },
  faults: setting => (URL.canParse(render(parse(setting), () => '1')) ? [] : ['is not a URL']),
  fill: (setting, fill) => fill(setting)
}
