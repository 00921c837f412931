import type { RunAs } from './change-user.ts'
import { findGroup, findUser } from './users.ts'

/** Which setting names a user or a group that is not there; undefined if both are. */
export function unknownUser({ user, group }: RunAs): { setting: 'user' | 'group'; detail: string } | undefined {
  for (const [setting, name, find] of [
    ['user', user, findUser],
    ['group', group, findGroup]
  ] as const) {
    try {
      if (name !== undefined) find(name)
    } catch (error) {
      return { setting, detail: (error as Error).message }
    }
  }
  return undefined
}
