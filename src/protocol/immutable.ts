/** A deeply readonly value: messages are passed on, never modified. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T
