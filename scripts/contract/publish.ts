import type { Operation, Paths } from './components.ts'
import type { Node } from './node.ts'

/** Kinds of components that only make sense if something refers to them. */
const kinds = ['schemas', 'parameters', 'headers', 'responses', 'examples'] as const

/** The document for generated clients: without the operations that stream, and what only they use. */
export function withoutStreams(document: Node): Node {
  const published = structuredClone(document) as { paths: Paths; components: Record<string, Node> }
  const isStream = ({ tags = [] }: Operation) => tags.includes('streams')
  for (const [path, item] of Object.entries(published.paths)) {
    for (const [method, operation] of Object.entries(item)) if (isStream(operation)) delete item[method]
    if (Object.keys(item).length === 0) delete published.paths[path]
  }
  prune(published)
  return published as unknown as Node
}

/** Removes the components that nothing refers to. */
export function prune(document: { readonly components: Record<string, Node> }): void {
  const unused = () => {
    const text = JSON.stringify(document)
    return kinds.flatMap(kind =>
      Object.keys(document.components[kind] ?? {})
        .filter(name => !text.includes(`"#/components/${kind}/${name}"`))
        .map(name => [kind, name] as const)
    )
  }
  for (let found = unused(); found.length > 0; found = unused()) {
    for (const [kind, name] of found) delete document.components[kind]?.[name]
  }
}
