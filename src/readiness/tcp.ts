import { parse, render } from '../template/template.ts'
import { type ReadinessKind, someText } from './kind.ts'

/** A port, or `host:port`, that accepts connections. */
export const tcp: ReadinessKind<string> = {
  schema: { ...someText, description: 'a port, or host:port, that accepts a connection' },
  faults: setting =>
    /^(.+:)?[0-9]{1,5}$/.test(render(parse(setting), () => '1')) ? [] : ['must be "{port}", a port or "host:port"'],
  fill: (setting, fill) => fill(setting)
}
