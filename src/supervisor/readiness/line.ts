import type { ReadyInfo } from '../../session/session.ts'

/** What a line of stdout says about readiness: nothing, or that the app is ready, with what it tells besides. */
export type LineTest = (line: string) => { readonly ready?: ReadyInfo } | undefined

/** The line itself, white space around it apart, or the line, a blank and a JSON object. */
export function exactLine(wanted: string): LineTest {
  return line => {
    const text = line.trim()
    if (text === wanted) return {}
    const ready = text.startsWith(`${wanted} `) ? parseObject(text.slice(wanted.length + 1)) : undefined
    return ready && { ready }
  }
}

/** A regular expression anywhere in the line; its named groups that took part in the match are what the app told. */
export function linePattern(pattern: string): LineTest {
  const expression = new RegExp(pattern, 'u')
  return line => {
    const match = expression.exec(line)
    if (!match) return undefined
    const groups = Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined)
    return groups.length > 0 ? { ready: Object.fromEntries(groups) } : {}
  }
}

function parseObject(text: string): ReadyInfo | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as ReadyInfo) : undefined
  } catch {
    return undefined
  }
}
