import type { HealthKindName } from '../../readiness/health.ts'
import type { ReadinessKindName, ReadinessOf } from '../../readiness/kinds.ts'
import type { Circumstances, ReadinessCheck } from './check.ts'
import { command } from './command.ts'
import { exit } from './exit.ts'
import { fd } from './fd.ts'
import { file } from './file.ts'
import { http } from './http.ts'
import { line } from './line.ts'
import { none } from './none.ts'
import { notify } from './notify.ts'
import { pattern } from './pattern.ts'
import { type Probe, repeated } from './probe.ts'
import { socket } from './socket.ts'
import { tcp } from './tcp.ts'

/** The check of each kind of readiness. */
const checks: {
  readonly [K in ReadinessKindName]: (readiness: ReadinessOf<K>, circumstances: Circumstances) => ReadinessCheck
} = {
  ...{ line, pattern, notify, fd, exit, none },
  tcp: (...given) => repeated(tcp(...given)),
  http: (...given) => repeated(http(...given)),
  socket: (...given) => repeated(socket(...given)),
  file: (...given) => repeated(file(...given)),
  command: (...given) => repeated(command(...given))
}

/** The kinds that can be asked at any time, and what asks them. */
const probes: {
  readonly [K in HealthKindName]: (health: ReadinessOf<K>, circumstances: Circumstances) => Probe
} = { http, tcp, command }

/** @throws if the setting can't be used, as a pattern that is no regular expression */
export function checkOf<K extends ReadinessKindName>(
  readiness: ReadinessOf<K>,
  circumstances: Circumstances
): ReadinessCheck {
  return checks[readiness.kind](readiness, circumstances)
}

/** What asks an app whether it works. */
export function probeOf<K extends HealthKindName>(probe: ReadinessOf<K>, circumstances: Circumstances): Probe {
  return probes[probe.kind](probe, circumstances)
}
