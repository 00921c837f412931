import { type Static, Type } from '@sinclair/typebox'
import { compilePattern } from '../readiness/linear-pattern.ts'
import { paramNamePattern } from '../template/placeholder.ts'

const types = ['string', 'number', 'integer', 'boolean'] as const

const text = { type: 'string', pattern: '^[^\\u0000]*$' } as const

/** A value that a launch can set. */
export type ParamValue = string | number | boolean

const Param = Type.Object(
  {
    type: Type.Unsafe<(typeof types)[number]>({ enum: [...types] }),
    description: Type.Optional(Type.Unsafe<string>(text)),
    default: Type.Optional(
      Type.Unsafe<ParamValue>({
        ...{ type: ['string', 'number', 'boolean'], pattern: text.pattern },
        description: 'without it a launch must set the parameter'
      })
    ),
    minimum: Type.Optional(Type.Number()),
    maximum: Type.Optional(Type.Number()),
    pattern: Type.Optional(
      Type.Unsafe<string>({ ...text, minLength: 1, description: 'a regular expression, somewhere in the text' })
    ),
    enum: Type.Optional(Type.Unsafe<string[]>({ type: 'array', items: text, minItems: 1, uniqueItems: true }))
  },
  { additionalProperties: false }
)

export type Param = Static<typeof Param>

export type Params = Readonly<Record<string, Param>>

export const Params = Type.Unsafe<Record<string, Param>>({
  type: 'object',
  additionalProperties: Param,
  propertyNames: { pattern: paramNamePattern },
  description: 'typed values that a launch may set, `{params.name}`'
})

/** The members that only parameters of some types have. */
const membersOf: Readonly<Record<Param['type'], readonly (keyof Param)[]>> = {
  string: ['pattern', 'enum'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  boolean: []
}

/** Faults of a table that conforms to the schema, each with the path of what it is about. */
export function paramFaults(params: Params): readonly (readonly [readonly string[], string])[] {
  return Object.entries(params).flatMap(([name, param]) =>
    faultsOf(param).map(([member, detail]) => [[name, member], detail] as const)
  )
}

function faultsOf(param: Param): readonly (readonly [keyof Param, string])[] {
  const { type, minimum, maximum, pattern } = param
  const foreign = (['pattern', 'enum', 'minimum', 'maximum'] as const)
    .filter(member => param[member] !== undefined && !membersOf[type].includes(member))
    .map(member => [member, `does not go with type = "${type}"`] as const)
  if (foreign.length > 0) return foreign
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    return [['minimum', `must not be greater than maximum, which is ${maximum}`]]
  }
  const fault = pattern === undefined ? undefined : patternFault(pattern)
  if (fault !== undefined) return [['pattern', fault]]
  const misfit = param.default === undefined ? undefined : misfitOf(param.default, param)
  return misfit === undefined ? [] : [['default', misfit]]
}

function patternFault(pattern: string): string | undefined {
  try {
    compilePattern(pattern)
    return undefined
  } catch (error) {
    return `is not a pattern that can be run in linear time: ${(error as Error).message}`
  }
}

/** Why a value does not fit, as a clause; undefined if it does. */
export function misfitOf(value: unknown, param: Param): string | undefined {
  return fits(value, param) ? undefined : `must be ${wanted(param)}`
}

/** What a parameter takes, in words: `an integer from 1 to 9`. */
export function wanted({ type, minimum, maximum, enum: choices, pattern }: Param): string {
  switch (type) {
    case 'string':
      if (choices) return `one of ${choices.join(', ')}`
      return pattern === undefined ? 'a text' : `a text that matches ${pattern}`
    case 'boolean':
      return 'true or false'
    case 'number':
    case 'integer': {
      const range = [
        ...(minimum === undefined ? [] : [`from ${minimum}`]),
        ...(maximum === undefined ? [] : [`to ${maximum}`])
      ]
      return [type === 'integer' ? 'an integer' : 'a number', ...range].join(' ')
    }
    default:
      return type satisfies never
  }
}

function fits(
  value: unknown,
  { type, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, ...param }: Param
) {
  switch (type) {
    case 'string': {
      const { enum: choices, pattern } = param
      if (typeof value !== 'string' || value.includes('\0')) return false
      return (
        (choices?.includes(value) ?? true) && (pattern === undefined || compilePattern(pattern)(value) !== undefined)
      )
    }
    case 'boolean':
      return typeof value === 'boolean'
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && value >= minimum && value <= maximum
    case 'integer':
      return Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum
    default:
      return type satisfies never
  }
}

/** The parameters of an app as JSON Schema. */
export function paramsSchema(params: Params): Readonly<Record<string, unknown>> {
  const required = Object.keys(params).filter(name => params[name]?.default === undefined)
  return { type: 'object', properties: params, ...(required.length > 0 && { required }), additionalProperties: false }
}
