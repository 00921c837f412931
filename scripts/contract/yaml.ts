import { Document, isCollection, type Node as Part, visit } from 'yaml'
import type { Node } from './node.ts'

/** The longest list or map that is written on one line: most of a longer document would be indentation. */
const maxLineLength = 160

const time = /^\d{4}-\d\d-\d\dT/

/** Text that every reader takes for text without quotes: those of YAML 1.1 do not with a question mark within braces. */
const plain = /^([A-Za-z][\w .-]*|[$\w/-]+)$/

/** For all readers: values used twice would become aliases, and YAML 1.1 would read a time without quotes as a time. */
export function toYaml(contract: Node): string {
  const document = new Document(contract, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_key, scalar, path) {
      const { value } = scalar
      if (typeof value !== 'string') return
      const isInLine = path.some(part => isCollection(part) && part.flow)
      if (time.test(value) || (isInLine && !plain.test(value))) scalar.type = 'QUOTE_DOUBLE'
    },
    Collection(_key, collection) {
      if (isShort(collection)) collection.flow = true
    }
  })
  return document.toString({ lineWidth: 0, indentSeq: false })
}

/** A list of values, or a map that has no further ones but references and lists of values. */
function isShort(collection: Part): boolean {
  const value = collection.toJSON() as object
  return depthOf(value) <= 3 && JSON.stringify(value).length <= maxLineLength
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
