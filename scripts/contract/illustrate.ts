import { type ErrorCode, errorCodes } from '../../src/gateway/errors.ts'
import { problems } from '../../src/http/problems.ts'
import { answerExamples, type ExampleName, requestExamples } from './example-names.ts'
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

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

const summaries: Readonly<Record<string, string>> = {
  ...requestExamples,
  ...answerExamples,
  ...Object.fromEntries(errorCodes.map(code => [code, problems[code].title]))
}

/**
 * The document with the recorded examples among its components, referred to from where they belong. Problems are referred to
 * already, by their codes.
 */
export function illustrate(document: object, recorded: ReadonlyMap<ExampleName, Recorded>): Node {
  const { info, servers, security, tags, components, paths, ...rest } = structuredClone(document) as Node
  for (const [name, { place }] of recorded) {
    if (!place) continue
    const media = mediaAt(paths as Paths, place)
    media.examples = { ...media.examples, [name]: { $ref: reference(name) } }
  }
  const text = JSON.stringify(paths)
  const shown = [...recorded].filter(([name]) => text.includes(`"${reference(name)}"`))
  const examples = shown.map(([name, { value }]) => [name, { summary: summaries[name], value }])
  return {
    ...rest,
    ...{ info, servers, security, tags, paths },
    components: { ...(components as object), examples: Object.fromEntries(examples) }
  }
}

function reference(name: ExampleName | ErrorCode): string {
  return `#/components/examples/${name}`
}

/** @throws if the document does not know such an answer */
function mediaAt(paths: Paths, { method, path, status, mediaType }: Place): Media {
  const item = Object.entries(paths).find(([pattern]) => matches(pattern, path))?.[1]
  const operation = item?.[method.toLowerCase()]
  const body = status === 'request' ? operation?.requestBody : operation?.responses[status]
  const media = body?.content[mediaType]
  if (!media) throw new Error(`the document has no ${method} ${path} with ${status} and ${mediaType}`)
  return media
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path)
}
