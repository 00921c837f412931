/** A value that nobody changes, all the way down: messages are passed on, never written to. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T
