import type { Launch, Readiness } from '../protocol/messages.ts'

export interface PlaceholderValues {
  readonly port: number | undefined
  readonly appId: string
  readonly sessionId: number
}

/** Replaces `{port}`, `{appId}` and `{sessionId}`; all other braces stay as they are. */
export function fill(text: string, values: PlaceholderValues): string {
  return text.replace(/\{(port|appId|sessionId)\}/g, (placeholder, name: keyof PlaceholderValues) =>
    String(values[name] ?? placeholder)
  )
}

export function usesPort({ command, env, readiness }: Pick<Launch, 'command' | 'env' | 'readiness'>): boolean {
  return [...command, ...Object.values(env), ...Object.values(readiness)].some(text => text.includes('{port}'))
}

export function fillReadiness(readiness: Readiness, values: PlaceholderValues): Readiness {
  switch (readiness.kind) {
    case 'tcp':
      return { kind: 'tcp', address: fill(readiness.address, values) }
    case 'http':
      return { kind: 'http', url: fill(readiness.url, values) }
    default:
      return readiness
  }
}
