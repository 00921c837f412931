/** The names of the members that some member of the union has. */
type Names<T> = T extends unknown ? keyof T : never

/** What a member can hold, over the whole union; with `undefined` where it may be absent. */
type Held<T, Name extends PropertyKey> = T extends unknown ? (Name extends keyof T ? T[Name] : undefined) : never

/** A union of objects as one object, to compare it with a schema that has no union. */
export type MembersOf<T> = { [Name in Names<T>]: Held<T, Name> }

/** `true` where each can stand for the other; else a type that no value has. */
export type Same<A, B> = [A, B] extends [B, A] ? true : never
