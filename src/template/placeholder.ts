/** A placeholder: `{port:admin}` has the name `port` and the key `admin`. */
export interface Placeholder {
  /** As it is written. */
  readonly text: string
  readonly name: string
  readonly key?: string
}

interface Form {
  /** What stands between name and key. */
  readonly separator: ':' | '.'
  readonly key: RegExp
  /** Can it be without a key? */
  readonly isBare: boolean
}

/** The name of a port: it is a member of `session.ports`. */
export const portNamePattern = '^[A-Za-z][A-Za-z0-9_-]{0,31}$'

export const paramNamePattern = '^[A-Za-z][A-Za-z0-9_-]{0,63}$'

/** Those without a key. */
const bare = ['port', 'dir', 'appId', 'sessionId', 'node'] as const

/** Those with one. */
const keyed: Readonly<Record<string, Form>> = {
  port: { separator: ':', key: new RegExp(portNamePattern), isBare: true },
  params: { separator: '.', key: new RegExp(paramNamePattern), isBare: false },
  env: { separator: '.', key: /^[A-Za-z_][A-Za-z0-9_]{0,127}$/, isBare: false }
}

/** Every placeholder, as it is written; where a key belongs there is an example. */
export const placeholderForms: readonly string[] = [...bare, 'port:name', 'params.name', 'env.NAME'].map(
  name => `{${name}}`
)

/** @param text with its braces */
export function placeholderOf(text: string): Placeholder {
  const inner = text.slice(1, -1)
  const end = inner.search(/[.:]/)
  return end === -1 ? { text, name: inner } : { text, name: inner.slice(0, end), key: inner.slice(end + 1) }
}

export function isKnown({ text, name, key }: Placeholder): boolean {
  if (key === undefined) return (bare as readonly string[]).includes(name)
  const form = Object.hasOwn(keyed, name) ? keyed[name] : undefined
  return form !== undefined && text[name.length + 1] === form.separator && form.key.test(key)
}
