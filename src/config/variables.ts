import { type Static, Type } from '@sinclair/typebox'

export const envNamePattern = '^[A-Za-z_][A-Za-z0-9_]{0,127}$'

const path = { minLength: 1, pattern: '^[^\\u0000]*$' }
const Path = Type.String(path)

/** Names, or patterns of names: `*` stands for any characters, also for none. */
export const PassEnv = (options: object = {}) =>
  Type.Array(Type.String({ pattern: '^[A-Za-z_*][A-Za-z0-9_*]{0,127}$' }), {
    description: 'names taken from the gateway’s own environment; * stands for any characters',
    ...options
  })

const Secret = Type.Object({ file: Path }, { additionalProperties: false })

/** Variables of an app whose values are in files, which are read at each start. */
export const variableSettings = {
  envFile: Type.Optional(
    Type.Unsafe<string | string[]>({
      ...{ ...path, type: ['string', 'array'], items: Path },
      description: 'dotenv files with variables, relative to this file'
    })
  ),
  secrets: Type.Optional(
    Type.Unsafe<Record<string, Static<typeof Secret>>>({
      type: 'object',
      additionalProperties: Secret,
      propertyNames: { pattern: envNamePattern },
      description: 'variables with the files that have their values, relative to this file'
    })
  )
}
