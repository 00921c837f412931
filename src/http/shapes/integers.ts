import { Type } from '@sinclair/typebox'

/** An integer that generated clients can hold in 32 bits. */
export const Int32 = (options: object = {}) => Type.Integer({ ...options, format: 'int32' })

/** Ids, positions and counts that rise for years: generated clients need 64 bits for them. */
export const Int64 = (options: object = {}) => Type.Integer({ ...options, format: 'int64' })
