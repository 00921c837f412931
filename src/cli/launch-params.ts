import type { App, GatewayClient } from '../../clients/typescript/src/client.ts'

/** Values as they are typed, of the types that the app declares. A text that does not fit stays one: the gateway says why. */
export async function typedParams(
  client: GatewayClient,
  appId: string,
  texts: Readonly<Record<string, string>>
): Promise<Record<string, unknown>> {
  // A token that may launch need not be allowed to read.
  const app = await client.app(appId).catch(() => undefined)
  const typed = Object.entries(texts).map(([name, text]) => {
    const type = app ? typeOf(app.params, name) : typeByText(text)
    return [name, type === 'string' ? text : plainValue(text)]
  })
  return Object.fromEntries(typed)
}

function typeOf(params: App['params'], name: string): unknown {
  const properties = params?.properties as Readonly<Record<string, { readonly type?: unknown } | undefined>> | undefined
  return properties?.[name]?.type ?? 'string'
}

/** What a value without a known type looks like. */
function typeByText(text: string): 'string' | 'other' {
  return plainValue(text) === text ? 'string' : 'other'
}

function plainValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text) ? Number(text) : text
}
