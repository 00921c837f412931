import { Ajv, type ValidateFunction } from 'ajv'
import { fullFormats } from 'ajv-formats/dist/formats.js'

interface Response {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

interface Operation {
  readonly responses: Readonly<Record<string, Response>>
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>
    readonly responses: Readonly<Record<string, Response>>
  }
}

export interface Answer {
  readonly method: string
  /** The path of the document; undefined where the router has none. */
  readonly path: string | undefined
  readonly status: number
  readonly contentType: string | undefined
  /** Absent where it is a stream, or none. */
  readonly body?: string | undefined
}

/** Streams, and the documents that describe the API, are not in the OpenAPI document. Their errors are like all others. */
export function isOutside(path: string): boolean {
  return /^\/(events|sessions\/[^/]+\/logs|(open|async)api[^/]*\.(yaml|json))$/.test(path)
}

/** The OpenAPI document as a judge of answers. Members that it does not name are faults here, though clients have to bear them. */
export class Contract {
  readonly #document: Document
  readonly #ajv = new Ajv({ strict: false, validateSchema: false, formats: fullFormats })
  readonly #validators = new Map<object, ValidateFunction>()

  constructor(document: object) {
    this.#document = closed(JSON.parse(JSON.stringify(document))) as Document
    this.#ajv.addSchema(this.#document, 'contract')
  }

  get paths(): readonly string[] {
    return Object.keys(this.#document.paths)
  }

  /** What is wrong with `answer`; undefined where nothing is. */
  fault({ method, path, status, contentType, body }: Answer): string | undefined {
    // OPTIONS has no operations of its own: any path has it, and it says nothing but `Allow`.
    if (method === 'OPTIONS' && status === 204) return undefined
    const type = contentType?.split(';')[0]
    const operations = path === undefined ? undefined : this.#document.paths[path]
    const operation = operations?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
    if (!operation) return this.#faultOfUnrouted(path, { status, type, body })
    // Routes that can be revalidated answer so to those who have the answer already.
    if (status === 304) return body ? 'no body is documented' : undefined
    const response = this.#responseOf(operation, status)
    if (!response) return 'the status is not documented'
    if (!response.content) return body ? 'no body is documented' : undefined
    if (type === undefined) return method === 'HEAD' || !body ? undefined : 'the content has no type'
    const media = response.content[type]
    if (!media) return `the content type ${type} is not documented`
    return this.#faultOfBody(media.schema, type, body)
  }

  #responseOf({ responses }: Operation, status: number): Response | undefined {
    const response = responses[status] ?? (status >= 400 ? responses.default : undefined)
    return response?.$ref ? this.#document.components.responses[response.$ref.split('/').at(-1) ?? ''] : response
  }

  #faultOfUnrouted(
    path: string | undefined,
    { status, type, body }: { status: number; type: string | undefined; body: string | undefined }
  ): string | undefined {
    if (status < 400) return path && isOutside(path) ? undefined : 'the operation is not documented'
    if (type !== 'application/problem+json') return 'the error is no problem'
    return this.#faultOfBody({ $ref: '#/components/schemas/Problem' }, type, body)
  }

  #faultOfBody(schema: object, type: string, body: string | undefined): string | undefined {
    if (body === undefined || body === '' || !/[/+]json$/.test(type)) return undefined
    const validate = this.#validator(schema)
    return validate(JSON.parse(body)) ? undefined : this.#ajv.errorsText(validate.errors)
  }

  #validator(schema: object): ValidateFunction {
    const $ref = '$ref' in schema ? `contract${schema.$ref}` : undefined
    const key = $ref ? ((this.#document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? schema) as object) : schema
    const known = this.#validators.get(key)
    if (known) return known
    const validate = this.#ajv.compile($ref ? { $ref } : schema)
    this.#validators.set(key, validate)
    return validate
  }
}

function closed(node: unknown): unknown {
  if (typeof node !== 'object' || node === null) return node
  for (const child of Object.values(node)) closed(child)
  const schema = node as {
    type?: unknown
    properties?: object
    additionalProperties?: unknown
    discriminator?: unknown
  }
  if (schema.type === 'object' && schema.properties) schema.additionalProperties ??= false
  return schema
}
