import { hostname } from 'node:os'
import type { Launch } from '../protocol/launch.ts'
import type { Fill } from '../readiness/kind.ts'
import { fillReadiness } from '../readiness/kinds.ts'
import type { Placeholder } from '../template/placeholder.ts'
import { parse, parsePattern, placeholdersIn, render, type Template } from '../template/template.ts'
import { SpawnFailed } from './processes/process-host.ts'

export interface PlaceholderValues {
  readonly port: number | undefined
  /** Those that have a name. */
  readonly ports?: Readonly<Record<string, number>> | undefined
  readonly appId: string
  /** The folder of the session or app. */
  readonly dir?: string | undefined
  readonly sessionId: number
  readonly params?: Launch['params']
  /** A variable of the app's environment. */
  readonly env?: ((name: string) => string | undefined) | undefined
}

/**
 * Replaces the placeholders of a text, and doubled braces by single ones. What has no value stays as it is.
 * @throws {SpawnFailed} if it has a variable that the environment of the app has not
 */
export function fill(text: string, values: PlaceholderValues): string {
  return hasBraces(text) ? render(parse(text), placeholder => valueFor(placeholder, values)) : text
}

/** In a regular expression a value means itself. @throws {SpawnFailed} */
export function fillerOf(values: PlaceholderValues): Fill {
  return (text, syntax = 'text') => {
    if (syntax === 'text') return fill(text, values)
    return render(parsePattern(text), placeholder => escaped(valueFor(placeholder, values)))
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function hasBraces(text: string): boolean {
  return text.includes('{') || text.includes('}')
}

function valueFor({ text, name, key }: Placeholder, values: PlaceholderValues): string {
  if (key === undefined) return String(plainValue(name, values) ?? text)
  if (name === 'port') return String(values.ports?.[key] ?? text)
  if (name === 'params') return String(values.params?.[key] ?? text)
  const value = values.env?.(key)
  if (value === undefined) throw new SpawnFailed(`${text} has no value: the environment of the app has no ${key}`)
  return value
}

function plainValue(name: string, { port, dir, appId, sessionId }: PlaceholderValues): string | number | undefined {
  const values: Readonly<Record<string, string | number | undefined>> = { port, dir, appId, sessionId }
  return name === 'node' ? hostname() : values[name]
}

/** Of a launch. */
type Texts = Pick<Launch, 'command' | 'cwd' | 'env' | 'readiness' | 'health' | 'stop' | 'before' | 'after'>

/**
 * The ports that a launch uses: the names of those that have one, and whether it uses the one without a name.
 * @param files texts of its files
 */
export function portsOf(
  launch: Texts,
  files: readonly string[] = []
): { readonly hasPort: boolean; readonly names: readonly string[] } {
  const ports = [...templatesOf(launch), ...files.filter(hasPort).map(parse)]
    .flatMap(placeholdersIn)
    .filter(({ name }) => name === 'port')
  const names = ports.flatMap(({ key }) => (key === undefined ? [] : [key]))
  return { hasPort: ports.some(({ key }) => key === undefined), names: [...new Set(names)] }
}

function templatesOf({ command, cwd, env, readiness, health, stop, before, after }: Texts): readonly Template[] {
  const others = [stop?.command, before?.flat(), after?.flat()].flatMap(texts => texts ?? [])
  const texts = [...command, cwd, ...others, ...Object.values(env)]
  const templates = texts.filter(hasPort).map(parse)
  for (const asked of health ? [readiness, health.probe] : [readiness]) {
    fillReadiness(asked, (text, syntax = 'text') => {
      if (hasPort(text)) templates.push(syntax === 'text' ? parse(text) : parsePattern(text))
      return text
    })
  }
  return templates
}

/** Most texts of a launch have none. */
function hasPort(text: string): boolean {
  return text.includes('{port')
}
