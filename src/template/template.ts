import { isKnown, type Placeholder, placeholderOf } from './placeholder.ts'

/** A text with placeholders, in parts. */
export interface Template {
  readonly parts: readonly (string | Placeholder)[]
  /** What looks like a placeholder and is none, as it is written; it is text. */
  readonly unknown: readonly string[]
}

/** `{name}`, `{name:key}` or `{name.key}`; anything else between braces is text. */
const shape = '\\{[A-Za-z][A-Za-z0-9_-]*(?:[.:](?:[A-Za-z_][A-Za-z0-9_-]*)?)*\\}'

/** The braces of a text, with what is between them if it has the shape of a placeholder. */
const tokens = new RegExp(`\\{\\{|${shape}|[{}]`, 'g')

const shaped = new RegExp(shape, 'g')

/**
 * Parses a text: `{{` is a brace, and so is the `}}` that belongs to it; a brace that begins no placeholder is text, so that
 * JSON and scripts need no change. `${NAME}` is text, too, unless NAME is a placeholder: it is a variable of a shell.
 */
export function parse(text: string): Template {
  const known = parsed.get(text)
  if (known) return known
  const template = read(text)
  // Of each app there are the same few texts, again and again.
  if (parsed.size >= maxKept) parsed.clear()
  parsed.set(text, template)
  return template
}

const maxKept = 1_000
const parsed = new Map<string, Template>()

function read(text: string): Template {
  const reader = { text, parts: [] as (string | Placeholder)[], unknown: [] as string[], open: [] as string[] }
  let end = 0
  tokens.lastIndex = 0
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const [token] = match
    reader.parts.push(text.slice(end, match.index))
    end = match.index + take(token, match.index, reader)
    tokens.lastIndex = end
  }
  reader.parts.push(text.slice(end))
  return { parts: joined(reader.parts), unknown: reader.unknown }
}

interface Reader {
  readonly text: string
  readonly parts: (string | Placeholder)[]
  readonly unknown: string[]
  /** The braces that are open: `{` or `{{`. */
  readonly open: string[]
}

/** Takes what begins with a brace. Returns its length. */
function take(token: string, at: number, { text, parts, unknown, open }: Reader): number {
  if (token === '{' || token === '{{') {
    open.push(token)
    parts.push('{')
    return token.length
  }
  if (token === '}') {
    const isDoubled = text[at + 1] === '}' && open.at(-1) !== '{'
    // One that is alone closes no doubled brace.
    if (isDoubled || open.at(-1) === '{') open.pop()
    parts.push('}')
    return isDoubled ? 2 : 1
  }
  const placeholder = placeholderOf(token)
  if (!isKnown(placeholder) && text[at - 1] !== '$') unknown.push(token)
  parts.push(isKnown(placeholder) ? placeholder : token)
  return token.length
}

/** A regular expression, whose own braces are not doubled: only the placeholders that are known are such. */
export function parsePattern(text: string): Template {
  const parts: (string | Placeholder)[] = []
  let end = 0
  for (const match of text.matchAll(shaped)) {
    const placeholder = placeholderOf(match[0])
    if (!isKnown(placeholder)) continue
    parts.push(text.slice(end, match.index), placeholder)
    end = match.index + match[0].length
  }
  return { parts: joined([...parts, text.slice(end)]), unknown: [] }
}

export function render({ parts }: Template, valueFor: (placeholder: Placeholder) => string): string {
  return parts.map(part => (typeof part === 'string' ? part : valueFor(part))).join('')
}

export function placeholdersIn({ parts }: Template): readonly Placeholder[] {
  return parts.filter(part => typeof part !== 'string')
}

/** A template of which only this text can become. */
export function literal(text: string): string {
  const { parts } = read(text)
  const isItself = parts.every(part => typeof part === 'string') && parts.join('') === text
  return isItself ? text : doubled(text)
}

/** The template with a text in place of a placeholder, which is written so. */
export function substitute(template: string, placeholder: string, text: string): string {
  const { parts } = parse(template)
  return parts
    .map(part => {
      if (typeof part === 'string') return doubled(part)
      return part.text === placeholder ? doubled(text) : part.text
    })
    .join('')
}

function doubled(text: string): string {
  return text.replaceAll(/[{}]/g, brace => brace + brace)
}

/** Texts that follow each other become one. */
function joined(parts: readonly (string | Placeholder)[]): readonly (string | Placeholder)[] {
  const result: (string | Placeholder)[] = []
  for (const part of parts) {
    const last = result.at(-1)
    if (part === '') continue
    if (typeof part === 'string' && typeof last === 'string') result[result.length - 1] = last + part
    else result.push(part)
  }
  return result
}
