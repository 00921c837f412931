import type { TSchema } from '@sinclair/typebox'
import { Float, requestOf } from './decode.ts'
import { type Reply, type Request, replies } from './messages.ts'

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown
/** With the third argument that the types of the language do not have yet. */
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown

const keepFloats: Reviver = (_key, value, { source = '' }) =>
  typeof value === 'number' && /[.eE]/.test(source) ? new Float(value) : value

/** Undefined if the text is no request. */
export function requestOfJson(text: string): Request | undefined {
  try {
    return requestOf(parse(text, keepFloats))
  } catch {
    return undefined
  }
}

export function jsonOf(reply: Reply): string {
  const { properties } = replies[reply.type]
  const members = Object.entries<TSchema>(properties).map(([name, schema]) => {
    const value = (reply as unknown as Readonly<Record<string, unknown>>)[name]
    return `${JSON.stringify(name)}:${schema.type === 'number' ? floatOf(value as number) : JSON.stringify(value)}`
  })
  return `{${[`"type":"${reply.type}"`, ...members].join(',')}}`
}

/** Clients may tell floats from integers by the point. */
function floatOf(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}
