import { Ajv, type ValidateFunction } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import fp from 'fastify-plugin'
import { toJson } from '../src/http/json.ts'

/** RFC 3339. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/** Formats of the contract. Those of integers are for generators; `minimum` and `maximum` say what is allowed. */
const formats = {
  int32: true,
  int64: true,
  double: true,
  'date-time': (text: string) => timePattern.test(text) && !Number.isNaN(Date.parse(text))
} as const

const nothing = { type: 'object', properties: {}, additionalProperties: false }

/**
 * Checks requests against the schemas. Bodies are not coerced; paths, queries and headers, which are text, are.
 * Members that a schema does not have are refused. Answers are not checked again: they are values of the domain.
 */
export default fp(
  async fastify => {
    // The schemas themselves are checked by the tests of the contract.
    const common = {
      allErrors: true,
      removeAdditional: false,
      useDefaults: true,
      strict: false,
      validateSchema: false,
      formats
    } as const
    const strict = new Ajv({ ...common, coerceTypes: false })
    const coercing = new Ajv({ ...common, coerceTypes: 'array' })
    const added = new Set<string>()
    const compile: FastifySchemaCompiler<object> = ({ schema, httpPart }) => {
      for (const [id, shared] of Object.entries(fastify.getSchemas())) {
        if (added.has(id)) continue
        added.add(id)
        strict.addSchema(shared as object)
        coercing.addSchema(shared as object)
      }
      let compiled: ValidateFunction | undefined
      return data => {
        // With the first request: compiling all schemas takes a fifth of the start.
        compiled ??= (httpPart === 'body' ? strict : coercing).compile(schema)
        const validate = compiled
        if (validate(data)) return { value: data }
        return {
          error: Object.assign(new Error('invalid'), { validation: validate.errors, validationContext: httpPart })
        }
      }
    }
    fastify.addHook('onRoute', route => {
      if (route.schema?.operationId) route.schema = { querystring: nothing, ...route.schema }
    })
    fastify.setValidatorCompiler(compile)
    fastify.setSerializerCompiler(() => toJson)
  },
  { name: 'validation' }
)
