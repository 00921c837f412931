import { Type } from '@sinclair/typebox'

/** The environment variable that every process of a session inherits; its value is unique to the session. */
export const sessionKeyVariable = 'WEFT_SESSION_KEY'

/** The value of `WEFT_SESSION_KEY`: unique, never reused, and part of the name of the session's log folder. */
export const SessionKey = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })
