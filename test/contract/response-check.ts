import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { openapi } from './committed.ts'
import { Contract } from './contract.ts'

/* Holds every answer of every gateway in this process to the contract. */

const faults = new WeakMap<FastifyInstance, string[]>()
const contract = new Contract(openapi)

subscribe('fastify.initialization', message => {
  const { fastify } = message as { fastify: FastifyInstance }
  const found: string[] = []
  faults.set(fastify, found)
  const check = ({ method, url, routeOptions, is404 }: FastifyRequest, reply: FastifyReply, body?: string) => {
    // Pages for people, which the contract leaves out.
    if (routeOptions.schema?.hide) return
    const path = is404 ? undefined : routeOptions.url?.replace(/:(\w+)/g, '{$1}').replace(/(?<=.)\/$/, '')
    const contentType = reply.getHeader('content-type')?.toString()
    const fault = contract.fault({ method, path, status: reply.statusCode, contentType, body })
    if (fault) found.push(`${method} ${url}: ${reply.statusCode}: ${fault}${body ? `\n  ${body.slice(0, 500)}` : ''}`)
  }
  fastify.addHook('onSend', async (request, reply, payload) => {
    check(request, reply, typeof payload === 'string' ? payload : undefined)
  })
  // Later hooks may have answered with another status.
  fastify.addHook('onResponse', async (request, reply) => {
    if (!reply.raw.socket?.destroyed) check(request, reply)
  })
})

/** What answers of `fastify` had that the contract does not know. */
export function contractFaults(fastify: FastifyInstance): readonly string[] {
  return faults.get(fastify) ?? []
}
