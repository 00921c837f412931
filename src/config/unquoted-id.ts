import { nearest } from './nearest.ts'

/**
 * The table that was meant to be an app or a template whose name has dots: without quotes, `[apps.demo.web]` is a table
 * `web` in the app `demo`.
 * @returns its header as it must be written; undefined if `value` is something else
 */
export function quotedHeader(path: readonly string[], value: unknown): string | undefined {
  const [section, ...parts] = path
  if ((section !== 'apps' && section !== 'templates') || parts.length < 2 || !isTable(value)) return undefined
  if ('command' in value || 'use' in value) return `[${section}.${JSON.stringify(parts.join('.'))}]`
  for (const [name, inner] of Object.entries(value)) {
    const header = quotedHeader([...path, name], inner)
    if (header) return header
  }
  return undefined
}

/**
 * Is this app only what an unquoted name left: no setting that is known, or was meant to be, and a table that is an app?
 * @param known the settings that an app has
 */
export function isRestOfName(path: readonly string[], value: unknown, known: readonly string[]): boolean {
  if (!isTable(value)) return false
  const entries = Object.entries(value)
  if (entries.length === 0) return false
  return entries.every(([name, inner]) => !nearest(name, known) && quotedHeader([...path, name], inner) !== undefined)
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
