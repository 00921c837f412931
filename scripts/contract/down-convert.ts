import type { Node } from './node.ts'
import { prune } from './publish.ts'
import { eachSchema } from './schemas.ts'

/** The same document in OpenAPI 3.0.3, for the constructs that ours uses, and without the components that nothing refers to then. */
export function downConvert(document: Node): Node {
  const { openapi: _, info, ...rest } = structuredClone(document)
  const { summary: __, license, ...restOfInfo } = info as Node
  const { identifier: ___, ...restOfLicense } = license as Node
  const converted: Node = {
    openapi: '3.0.3',
    info: { ...restOfInfo, license: { ...restOfLicense, url: 'https://spdx.org/licenses/MIT' } },
    ...rest
  }
  eachSchema(converted, schema => {
    const [example] = (schema.examples as unknown[] | undefined) ?? []
    if (example !== undefined) schema.example = example
    delete schema.examples
  })
  prune(converted as { components: Record<string, Node> } & Node)
  return converted
}
