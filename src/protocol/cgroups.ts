import { type Static, Type } from '@sinclair/typebox'
import type { Immutable } from './immutable.ts'

/** Which sessions get a cgroup of their own, where there can be one. */
export const cgroupUses = ['limits', 'all', 'off'] as const

export type CgroupUse = (typeof cgroupUses)[number]

/** The cgroups of a supervisor's sessions. */
export const CgroupFolder = Type.Object({
  use: Type.String(),
  folder: Type.String(),
  controllers: Type.Array(Type.String())
})

export type CgroupFolder = Immutable<Static<typeof CgroupFolder>>
