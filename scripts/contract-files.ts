import type { FastifyInstance } from 'fastify'
import { stringify } from 'yaml'
import { downConvert } from '../src/contract/down-convert.ts'
import type { Node } from '../src/contract/illustrate.ts'

/** The files of the contract, by their names, as they must be. */
export function contractFiles(fastify: FastifyInstance): Record<string, string> {
  return {
    'openapi.yaml': fastify.swagger({ yaml: true }),
    'openapi-3.0.yaml': stringify(downConvert(fastify.swagger() as unknown as Node)),
    'asyncapi.yaml': fastify.asyncapi()
  }
}
