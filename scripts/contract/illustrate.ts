import { type ExampleName, summaries } from './example-names.ts'
import type { Node } from './node.ts'
import type { Place, Recorded } from './recorder.ts'

interface Media {
  examples?: Record<string, object>
}

interface Content {
  readonly content: Readonly<Record<string, Media>>
}

interface Operation {
  readonly requestBody?: Content
  readonly responses: Readonly<Record<number, Content>>
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly responses: { readonly Problem: Content } }
}

/** The document with the recorded examples where they belong, and its parts in the usual order. */
export function illustrate(document: object, recorded: ReadonlyMap<ExampleName, Recorded>): Node {
  const { info, servers, security, tags, components, paths, ...rest } = structuredClone(document) as Node
  const illustrated = { ...rest, ...{ info, servers, security, tags, paths, components } }
  for (const [name, { place, value }] of recorded) {
    const media = mediaAt(illustrated as unknown as Described, place)
    media.examples = { ...media.examples, [name]: { summary: summaries[name], value } }
  }
  return illustrated
}

/** @throws if the document does not know such an answer */
function mediaAt({ paths, components }: Described, place: Place): Media {
  const { method, path, status, mediaType } = place
  const item = Object.entries(paths).find(([pattern]) => matches(pattern, path))?.[1]
  const operation = item?.[method.toLowerCase()]
  const media = contentOf()?.content[mediaType]
  if (!media) throw new Error(`the document has no ${method} ${path} with ${status} and ${mediaType}`)
  return media

  function contentOf(): Content | undefined {
    if (status === 'request') return operation?.requestBody
    return status >= 400 ? components.responses.Problem : operation?.responses[status]
  }
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
}
