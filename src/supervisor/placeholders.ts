import type { Launch } from '../protocol/launch.ts'
import { fillReadiness } from '../readiness/kinds.ts'

export interface PlaceholderValues {
  readonly port: number | undefined
  readonly appId: string
  /** The folder of the session or app. */
  readonly dir?: string | undefined
  readonly sessionId: number
}

/** Replaces `{port}`, `{dir}`, `{appId}` and `{sessionId}`; all other braces stay as they are. */
export function fill(text: string, values: PlaceholderValues): string {
  return text.replace(/\{(port|dir|appId|sessionId)\}/g, (placeholder, name: keyof PlaceholderValues) =>
    String(values[name] ?? placeholder)
  )
}

export function usesPort({
  command,
  env,
  readiness,
  stop
}: Pick<Launch, 'command' | 'env' | 'readiness' | 'stop'>): boolean {
  const texts = [...command, ...(stop?.command ?? []), ...Object.values(env)]
  fillReadiness(readiness, text => {
    texts.push(text)
    return text
  })
  return texts.some(text => text.includes('{port}'))
}
