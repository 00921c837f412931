import { type Static, Type } from '@sinclair/typebox'

/** The versions of the protocol that one side speaks. */
export const VersionRange = Type.Object({ min: Type.Integer({ minimum: 1 }), max: Type.Integer({ minimum: 1 }) })

export type VersionRange = Readonly<Static<typeof VersionRange>>

/**
 * What this release speaks. A new optional member or a message that the other side need not understand changes nothing
 * here; any other change raises `max`, and `min` follows one release later.
 */
export const spokenVersions: VersionRange = { min: 2, max: 4 }

/** From this version on, `flush` makes the log readable; a supervisor of an older one writes it before it reports ready. */
export const flushVersion = 3

/** From this version on, a launch can have the members that {@link laterMembers} names. */
export const appsVersion = 4

/** The newest version that both speak, if there is one. */
export function chooseVersion(theirs: VersionRange, ours = spokenVersions): number | undefined {
  const newest = Math.min(theirs.max, ours.max)
  return newest >= Math.max(theirs.min, ours.min) ? newest : undefined
}

export function describeVersions({ min, max }: VersionRange): string {
  return min === max ? `version ${max}` : `versions ${min} to ${max}`
}
