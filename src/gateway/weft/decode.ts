import type { TObject } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import { type Request, requests } from './messages.ts'

/** A number that was written as a float, such as `1.0`, is no integer on the wire. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

interface Shape {
  readonly members: readonly string[]
  readonly floats: ReadonlySet<string>
  readonly check: TypeCheck<TObject>
}

const shapes = new Map<unknown, Shape>(
  Object.entries(requests).map(([type, schema]: [string, TObject]) => {
    const members = Object.keys(schema.properties)
    const floats = new Set(members.filter(name => schema.properties[name]?.type === 'number'))
    return [type, { members, floats, check: TypeCompiler.Compile(schema) }]
  })
)

/**
 * The request that a client has sent, as a map with any members beside its own, or as an array of its type and exactly its
 * members; undefined if it is none.
 */
export function requestOf(value: unknown): Request | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const sent: Readonly<Record<string, unknown>> | undefined = Array.isArray(value) ? mapOf(value) : { ...value }
  const shape = shapes.get(sent?.type)
  if (!sent || !shape) return undefined
  const members = shape.members.map(name => [name, plain(sent[name], shape.floats.has(name))])
  const request = Object.fromEntries(members)
  return shape.check.Check(request) ? ({ type: sent.type, ...request } as Request) : undefined
}

function mapOf([type, ...values]: readonly unknown[]): Readonly<Record<string, unknown>> | undefined {
  const members = shapes.get(type)?.members
  if (members?.length !== values.length) return undefined
  return { type, ...Object.fromEntries(members.map((name, index) => [name, values[index]])) }
}

function plain(value: unknown, isFloat: boolean): unknown {
  return isFloat && value instanceof Float ? value.value : value
}
