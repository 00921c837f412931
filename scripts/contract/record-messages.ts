import type { FastifyInstance } from 'fastify'
import { controlTypes } from '../../src/http/shapes/event.ts'
import { type EventType, eventTypes } from '../../src/session/transition.ts'
import { follow } from './follow.ts'
import { normalise } from './normalise.ts'

/** A cursor of an event log that no gateway has. */
const foreignCursor = 'gVRbKQ.1'

export const logTypes = ['LogLine', 'LogEnd'] as const

export type MessageType = EventType | (typeof controlTypes)[number] | (typeof logTypes)[number]
export type Messages = Readonly<Record<MessageType, object>>

/** The messages of streams by their types: the first of each that was sent. */
export class MessageRecorder {
  readonly #messages = new Map<string, object>()

  /** Of a gateway that runs a session. */
  async recordGap(fastify: FastifyInstance): Promise<void> {
    const stream = await follow(fastify, `/events?since=${foreignCursor}`, { accept: 'text/event-stream' })
    this.#keep(fastify, (await stream.until(hasMessage('Snapshot'))).body)
  }

  async recordHeartbeat(fastify: FastifyInstance): Promise<void> {
    const stream = await follow(fastify, '/events?heartbeatMs=100', { accept: 'text/event-stream' })
    this.#keep(fastify, (await stream.until(hasMessage('Heartbeat'))).body)
  }

  /** All events of the gateway so far. */
  async recordEvents(fastify: FastifyInstance): Promise<void> {
    const { body } = await fastify.inject('/events/history?limit=1000')
    for (const event of JSON.parse(body).items) this.#keep(fastify, `data: ${JSON.stringify(event)}\n`)
  }

  /** Of a session that is stopped. */
  async recordLog(fastify: FastifyInstance, id: number): Promise<void> {
    const headers = { accept: 'application/x-ndjson' }
    const { body } = await fastify.inject({ url: `/sessions/${id}/logs?follow=true`, headers })
    const lines = normalise(body, fastify.gateway.store.epoch).trimEnd().split('\n')
    this.#messages.set('LogLine', JSON.parse(String(lines.at(-2))))
    this.#messages.set('LogEnd', JSON.parse(String(lines.at(-1))))
  }

  /** The last message to a client whose token is revoked. */
  async recordClosed(fastify: FastifyInstance, headers: { readonly authorization: string }): Promise<void> {
    const stream = await follow(fastify, '/events', { ...headers, accept: 'text/event-stream' })
    fastify.gateway.access.reload([])
    this.#keep(fastify, (await stream.until(hasMessage('Closed'))).body)
  }

  /** @throws if one was never sent */
  get messages(): Messages {
    const types = [...controlTypes, ...eventTypes, ...logTypes]
    const missing = types.filter(type => !this.#messages.has(type))
    if (missing.length > 0) throw new Error(`never sent: ${missing.join(', ')}`)
    return Object.fromEntries(types.map(type => [type, this.#messages.get(type)])) as Messages
  }

  #keep({ gateway }: FastifyInstance, body: string): void {
    for (const [, json] of normalise(body, gateway.store.epoch).matchAll(/^data: (.*)$/gm)) {
      const message = JSON.parse(String(json))
      if (!this.#messages.has(message.type)) this.#messages.set(message.type, message)
    }
  }
}

function hasMessage(type: string): (body: string) => boolean {
  return body => body.includes(`"type":"${type}"`) && body.endsWith('\n\n')
}
