import { type Static, Type } from '@sinclair/typebox'
import type { Immutable } from './immutable.ts'

/** Variables whose values are in files. The supervisor reads them, so that no message has them. */
export const FileVariables = Type.Object({
  /** Absolute paths of dotenv files; the last one that has a name counts. */
  envFiles: Type.Array(Type.String()),
  /** Absolute paths by name. */
  secrets: Type.Record(Type.String(), Type.String()),
  /** Names that `env` of the app sets, and which dotenv files do not override. */
  fixed: Type.Array(Type.String())
})

export type FileVariables = Immutable<Static<typeof FileVariables>>
