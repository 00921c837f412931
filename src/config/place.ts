import { type Static, Type } from '@sinclair/typebox'
import { whyNotAs } from '../users/change-user.ts'

const name = '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$'

/** As whom and where an app runs. */
export const placeSettings = {
  user: Type.Optional(Type.String({ pattern: name, description: 'the user that the app runs as, with its groups' })),
  group: Type.Optional(Type.String({ pattern: name, description: 'instead of the first group of the user' })),
  dir: Type.Optional(
    Type.Unsafe<'session' | 'app'>({
      enum: ['session', 'app'],
      description: 'a folder, `{dir}`, of each session or of the app'
    })
  ),
  dirKeepMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 604_800_000,
      description: 'how long the folder of a session stays after its end'
    })
  ),
  umask: Type.Optional(
    Type.String({ pattern: '^0?0[0-7]{2}$', description: 'in octal, such as "027"; "022" by default' })
  )
}

const Place = Type.Object(placeSettings)

export type Place = Static<typeof Place>

/** A setting that this gateway can't fulfil, and why. */
export interface PlaceFault {
  readonly member: 'user' | 'group'
  readonly detail: string
}

/** What this gateway is not permitted to do. Users are looked up at the launch, since they can be added meanwhile. */
export function placeFaults({ user, group }: Place): readonly PlaceFault[] {
  const detail = whyNotAs({ user, group })
  return detail === undefined ? [] : [{ member: user === undefined ? 'group' : 'user', detail }]
}
