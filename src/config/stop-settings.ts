import { constants } from 'node:os'
import { type Static, Type } from '@sinclair/typebox'

const signal = { enum: Object.keys(constants.signals) }
const graceMs = { type: 'integer', minimum: 0, maximum: 86_400_000 }

/** How an app is stopped: `signal` and `graceMs` are other names of `stopSignal` and `stopGraceMs`. */
export const StopSettings = Type.Object(
  {
    signal: Type.Optional(Type.Unsafe<NodeJS.Signals>({ ...signal, description: 'the first signal of a stop' })),
    graceMs: Type.Optional(Type.Unsafe<number>({ ...graceMs, description: 'the time from the stop to SIGKILL' })),
    leaderOnly: Type.Optional(
      Type.Boolean({ description: 'the signal goes to the first process alone, and to what is left when that exits' })
    ),
    command: Type.Optional(
      Type.Array(Type.String({ pattern: '^[^\\u0000]*$' }), {
        minItems: 1,
        description: 'a command, as an argv, that ends the app; the signal is sent only if it fails'
      })
    )
  },
  { additionalProperties: false, description: 'how it is stopped' }
)

export type StopSettings = Static<typeof StopSettings>

interface Stoppable {
  readonly stop?: StopSettings
  readonly stopSignal?: NodeJS.Signals
  readonly stopGraceMs?: number
}

/** The same settings with `signal` and `graceMs` under the names that they have outside of `stop`. */
export function withPlainStop<T extends Stoppable>(settings: T): T {
  if (!settings.stop) return settings
  const { stop, ...rest } = settings
  const { signal, graceMs, ...more } = stop
  return {
    ...rest,
    ...(signal && { stopSignal: signal }),
    ...(graceMs !== undefined && { stopGraceMs: graceMs }),
    ...(Object.keys(more).length > 0 && { stop: more })
  } as T
}

/** Faults of a table that conforms to the schema, each with the setting that it is about. */
export function stopFaults({ stop, stopSignal, stopGraceMs }: Stoppable): readonly (readonly [string, string])[] {
  return [
    ...(stop?.command?.[0] === '' ? [['stop.command.0', 'must name a program'] as const] : []),
    ...(stop?.signal && stopSignal ? [['stop.signal', 'is given by stopSignal, too'] as const] : []),
    ...(stop?.graceMs !== undefined && stopGraceMs !== undefined
      ? [['stop.graceMs', 'is given by stopGraceMs, too'] as const]
      : [])
  ]
}
