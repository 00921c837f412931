import { type Static, Type } from '@sinclair/typebox'

/** A file that is written into the folder of an app before each start. */
export const PlacedFile = Type.Object({
  /** Relative to the folder. */
  path: Type.String({ minLength: 1 }),
  text: Type.Optional(Type.String()),
  /** Where the text is, if it is not given: it is read before each start. */
  template: Type.Optional(Type.String())
})

export type PlacedFile = Readonly<Static<typeof PlacedFile>>
