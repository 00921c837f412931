import { everywhere } from '../../src/http/error-answers.ts'
import { type LinkedOperation, links } from '../../src/http/links.ts'
import { headers, problemHeaders } from '../../src/http/shapes/headers.ts'
import type { Node } from './node.ts'

interface Parameter extends Node {
  readonly name: string
}

interface Answer extends Node {
  headers?: Node
}

export interface Operation extends Node {
  parameters?: (Parameter | Node)[]
  responses: Record<string, Answer | Node>
  readonly tags?: readonly string[]
  'x-leads-to'?: readonly LinkedOperation[]
}

export type Paths = Record<string, Record<string, Operation>>

const codes = everywhere.map(code => `\`${code}\``).join(', ')

const problem = {
  description: `What went wrong (RFC 9457). Any request can get ${codes}; \`x-problem-codes\` lists the others of an operation.`,
  headers: Object.fromEntries(problemHeaders.map(name => [name, { $ref: `#/components/headers/${name}` }])),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
}

/** Gives each operation the one answer to all errors, and moves what operations share to the components. */
export function shareComponents(document: Node): Node {
  const shared = structuredClone(document) as { paths: Paths; components: Node }
  const operations = Object.values(shared.paths).flatMap(item => Object.values(item))
  for (const operation of operations) {
    const { responses } = operation
    for (const answer of Object.values(responses)) referToHeaders(answer)
    linkAnswers(operation)
    responses.default = { $ref: '#/components/responses/Problem' }
  }
  leaveOutDefaults(operations)
  const parameters = shareParameters(operations)
  Object.assign(shared.components, { parameters, headers, links: linkComponents(), responses: { Problem: problem } })
  return shared as unknown as Node
}

/** Parameters are optional by default. */
function leaveOutDefaults(operations: readonly Operation[]): void {
  for (const { parameters = [] } of operations) {
    for (const parameter of parameters) if (parameter.required === false) delete parameter.required
  }
}

function referToHeaders(answer: Answer | Node): void {
  if (!answer.headers) return
  const names = Object.keys(answer.headers)
  answer.headers = Object.fromEntries(names.map(name => [name, { $ref: `#/components/headers/${name}` }]))
}

function linkAnswers(operation: Operation): void {
  const { 'x-leads-to': targets, responses } = operation
  delete operation['x-leads-to']
  if (!targets) return
  const links = Object.fromEntries(targets.map(name => [name, { $ref: `#/components/links/${name}` }]))
  for (const answer of Object.values(responses)) answer.links = links
}

function linkComponents(): Node {
  return Object.fromEntries(
    Object.entries(links).map(([operationId, parameters]) => [operationId, { operationId, parameters }])
  )
}

/** Not the name of a schema in another case: Go has one name for both. */
function componentName({ name }: Parameter, taken: ReadonlyMap<string, Node>): string {
  const component = `${name[0]?.toUpperCase()}${name.slice(1)}Parameter`
  return taken.has(component) ? `${component}${taken.size}` : component
}

/** Parameters that several operations have become components, named like them. */
function shareParameters(operations: readonly Operation[]): Node {
  const all = operations.flatMap(({ parameters = [] }) => parameters.map(parameter => JSON.stringify(parameter)))
  const repeated = [...new Set(all.filter((text, index) => all.indexOf(text) !== index))]
  const components = new Map<string, Node>()
  const names = new Map<string, string>()
  for (const text of repeated) {
    const parameter = JSON.parse(text) as Parameter
    const name = componentName(parameter, components)
    components.set(name, parameter)
    names.set(text, name)
  }
  for (const operation of operations) {
    operation.parameters = operation.parameters?.map(parameter => {
      const name = names.get(JSON.stringify(parameter))
      return name ? { $ref: `#/components/parameters/${name}` } : parameter
    }) as Operation['parameters'] & object
    if (!operation.parameters?.length) delete operation.parameters
  }
  return Object.fromEntries(components)
}
