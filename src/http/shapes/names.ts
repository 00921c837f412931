import { Type } from '@sinclair/typebox'

/** A string that is one of these values, now and in later versions. */
export const StringEnum = <T extends string>(values: readonly T[], options: object = {}) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...options })

/**
 * A string that is one of these values now; later versions can have more. Requests are checked against `enum`. The contract
 * leaves it out, so that a client of today accepts the answers of tomorrow.
 */
export const OpenEnum = <T extends string>(values: readonly T[], options: object = {}) =>
  StringEnum(values, { 'x-extensible-enum': [...values], ...options })

/** A string that has one value. It is no enumeration in the contract: some generators can't name one of a single value. */
export const OneString = <T extends string>(value: T, options: object = {}) =>
  Type.Unsafe<T>({ type: 'string', examples: [value], ...options })

/** A reference to the shared schema of this name, with the type of its values. */
export const Named = <T>(name: string, options: object = {}) => Type.Unsafe<T>({ $ref: `${name}#`, ...options })
