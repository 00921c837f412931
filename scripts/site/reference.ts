import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from './pages.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly 'x-extensible-enum'?: readonly string[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
}

interface Parameter {
  readonly $ref?: string
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema: Schema
}

interface Content {
  readonly schema?: Schema
  readonly examples?: Readonly<Record<string, { readonly summary?: string; readonly value: unknown }>>
}

interface Answer {
  readonly $ref?: string
  readonly description: string
  readonly content?: Readonly<Record<string, Content>>
}

interface Operation {
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<Record<string, Answer>>
  readonly 'x-problem-codes'?: readonly string[]
}

interface Contract {
  readonly info: { readonly version: string; readonly description: string }
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly parameters: Readonly<Record<string, Parameter>>
  }
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** The page about each call and each shape, in Markdown, from openapi.yaml. */
export function reference(): string {
  const contract: Contract = parse(readFileSync(join(root, 'openapi.yaml'), 'utf8'))
  const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, operation }))
  )
  const groups = contract.tags.map(({ name, description }) => [
    `## ${name[0]?.toUpperCase()}${name.slice(1)}`,
    description,
    ...operations
      .filter(({ operation }) => operation.tags.includes(name))
      .flatMap(({ title, operation }) => describeOperation(contract, title, operation))
  ])
  const shapes = Object.entries(contract.components.schemas).flatMap(([name, schema]) => describeShape(name, schema))
  const parts = [
    '# What does each call do?',
    `This page is made from [openapi.yaml](/openapi.yaml){target="_self"}, version ${contract.info.version}.`,
    outward(contract.info.description),
    ...groups.flat(),
    '## Shapes',
    ...shapes
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function describeOperation(contract: Contract, title: string, operation: Operation): string[] {
  const parameters = (operation.parameters ?? []).map(parameter => resolve(contract, parameter))
  const body = Object.values(operation.requestBody?.content ?? {})[0]
  const codes = operation['x-problem-codes'] ?? []
  return [
    `### \`${title}\``,
    `**${operation.summary}.** ${outward(operation.description ?? '')}`,
    table(['Parameter', 'In', 'Type', ''], parameters.map(rowOfParameter)),
    body?.schema ? `Body: ${typeOf(body.schema)}.` : '',
    body ? example(body) : '',
    ...Object.entries(operation.responses)
      .filter(([status]) => status !== 'default')
      .flatMap(([status, answer]) => describeAnswer(status, answer)),
    codes.length > 0 ? `Errors: ${codes.map(code => `\`${code}\``).join(', ')}.` : ''
  ]
}

function rowOfParameter({ name, in: place, required, schema, description }: Parameter): string[] {
  return [`\`${name}\`${required ? ' (required)' : ''}`, place, typeOf(schema), description ?? schema.description ?? '']
}

function describeAnswer(status: string, { description, content }: Answer): string[] {
  const first = Object.values(content ?? {})[0]
  const shape = first?.schema ? ` ${typeOf(first.schema)}.` : ''
  return [`**${status}**: ${description ?? ''}${shape}`, first ? example(first) : '']
}

function example({ examples = {} }: Content): string {
  const value = Object.values(examples)[0]?.value
  return value && typeof value === 'object' ? `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`` : ''
}

function describeShape(name: string, schema: Schema): string[] {
  const members = Object.entries(schema.properties ?? {}).map(([member, of]) => [
    `\`${member}\`${schema.required?.includes(member) ? ' (always)' : ''}`,
    typeOf(of),
    of.description ?? ''
  ])
  const values = schema.enum ?? schema['x-extensible-enum']
  return [
    `### ${name}`,
    outward(schema.description ?? ''),
    values ? `One of ${values.map(value => `\`${value}\``).join(', ')}.` : '',
    table(['Member', 'Type', ''], members)
  ]
}

function typeOf(schema: Schema): string {
  if (schema.$ref) return linkTo(schema.$ref)
  if (schema.items) return `list of ${typeOf(schema.items)}`
  if (schema.enum) return schema.enum.map(value => `\`${value}\``).join(', ')
  if (typeof schema.additionalProperties === 'object') return `map to ${typeOf(schema.additionalProperties)}`
  return schema.type === undefined ? 'any' : [schema.type].flat().join(' or ')
}

function linkTo(reference: string): string {
  const name = reference.split('/').at(-1) ?? ''
  return `[${name}](#${name.toLowerCase()})`
}

function resolve(contract: Contract, parameter: Parameter): Parameter {
  const name = parameter.$ref?.split('/').at(-1)
  const found = name === undefined ? parameter : contract.components.parameters[name]
  if (!found) throw new Error(`openapi.yaml has no parameter ${name}`)
  return found
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => outward(cell).replaceAll('|', '\\|').replaceAll(/\n+/g, ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Outside code, a `<` of the contract is no tag. */
function outward(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '&lt;') : part))
    .join('')
    .replaceAll(/(?<!\n)\n(?=[^\n])/g, ' ')
}
