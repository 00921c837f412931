/** An OpenAPI document, or a part of one. */
export interface Node {
  [member: string]: unknown
}

/** Examples of request bodies, by the name of their schema. */
const ofBodies: Readonly<Record<string, readonly string[]>> = { LaunchRequest: ['launch', 'launchWithLabels'] }

/**
 * Puts the examples that the document names among its components, and refers to them there. Each is written once, and the
 * order of all things is that of the document.
 */
export function illustrate(document: object, examples: Readonly<Record<string, object>>): Node {
  const used = new Set<string>()
  const refer = (names: readonly string[]) => {
    const references = names.map(name => {
      if (!examples[name]) throw new Error(`no example is called ${name}`)
      used.add(name)
      return [name, { $ref: `#/components/examples/${name}` }]
    })
    return Object.fromEntries(references)
  }
  const { info, servers, security, tags, components, paths, ...rest } = document as Node
  for (const operation of operationsOf(paths)) {
    for (const media of mediaOf(operation.requestBody)) {
      media.examples = refer(ofBodies[String(media.schema?.$ref).split('/').at(-1) ?? ''] ?? [])
    }
    for (const response of Object.values(operation.responses)) {
      for (const media of mediaOf(response)) media.examples = refer(Object.keys(media.examples ?? {}))
    }
  }
  const shown = Object.entries(examples).filter(([name]) => used.has(name))
  const illustrated = {
    ...rest,
    ...{ info, servers, security, tags, paths },
    components: { ...(components as object), examples: Object.fromEntries(shown) }
  }
  // Values used twice would become aliases in YAML, which not every reader knows.
  return JSON.parse(JSON.stringify(illustrated))
}

interface Media {
  readonly schema?: { readonly $ref?: string }
  examples?: object
}

interface Body {
  readonly content?: Readonly<Record<string, Media>>
}

interface Operation {
  readonly requestBody?: Body
  readonly responses: Readonly<Record<string, Body>>
}

function operationsOf(paths: unknown): Operation[] {
  return Object.values(paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>).flatMap(Object.values)
}

function mediaOf(body?: Body): Media[] {
  return Object.values(body?.content ?? {})
}
