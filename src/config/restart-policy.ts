import { type Static, Type } from '@sinclair/typebox'
import type { Restart as Policy } from '../protocol/launch.ts'

const Duration = (options: object = {}) => Type.Integer({ minimum: 0, maximum: 86_400_000, ...options })

export const defaultLimits = { max: 5, windowMs: 300_000, backoffMs: 500, maxBackoffMs: 30_000 } as const

const defaults = { on: 'failure', ...defaultLimits } as const

/** As the configuration has it: what is missing has a default. */
export const Restart = Type.Object(
  {
    on: Type.Optional(
      Type.Unsafe<'failure' | 'always' | 'never'>({
        enum: ['failure', 'always', 'never'],
        description: 'after which ends of a run; `failure` by default'
      })
    ),
    max: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        description: 'restarts within windowMs; 5 by default, 0 is no limit'
      })
    ),
    windowMs: Type.Optional(Duration({ minimum: 1, description: '300000 by default' })),
    backoffMs: Type.Optional(Duration({ description: 'the first delay, which doubles; 500 by default' })),
    maxBackoffMs: Type.Optional(Duration({ description: 'the longest delay; 30000 by default' })),
    exceptExitCodes: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), { description: 'after which it is not restarted' })
    )
  },
  { additionalProperties: false, description: 'whether a session gets another run when one ends' }
)

type Restart = Static<typeof Restart>

/** The member of a launch; none if the app is not restarted. */
export function restartOf({ restart }: { readonly restart?: Restart }): { readonly restart?: Policy } {
  if (!restart) return {}
  const { on, exceptExitCodes = [], ...rest } = { ...defaults, ...restart }
  return on === 'never' ? {} : { restart: { on, exceptExitCodes, ...rest } }
}
