import { type Static, Type } from '@sinclair/typebox'
import type { Immutable } from './immutable.ts'

const Bytes = Type.Integer({ minimum: 0 })
const Count = Type.Integer({ minimum: 1 })

/** What a session may use. */
export const Limits = Type.Object({
  /** Of all its processes together. */
  memoryBytes: Type.Optional(Bytes),
  cpus: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  /** At once. */
  processes: Type.Optional(Count),
  /** Of each process, as are the following. */
  openFiles: Type.Optional(Count),
  fileSizeBytes: Type.Optional(Bytes),
  nice: Type.Optional(Type.Integer({ minimum: -20, maximum: 19 }))
})

export type Limits = Immutable<Static<typeof Limits>>
