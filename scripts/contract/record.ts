import { scopes } from '../../src/config/scopes.ts'
import { hashToken, newToken } from '../../src/gateway/access/token.ts'
import type { ExampleName } from './example-names.ts'
import { withGateway } from './gateways.ts'
import type { Node } from './node.ts'
import openapi from './openapi.ts'
import { MessageRecorder, type Messages } from './record-messages.ts'
import { recordProblems } from './record-problems.ts'
import { failing, queueSession, recordSessions, restartSession } from './record-sessions.ts'
import { type Recorded, Recorder } from './recorder.ts'

export interface Recording {
  /** The OpenAPI document of the routes, without examples. */
  readonly document: Node
  readonly examples: ReadonlyMap<ExampleName, Recorded>
  readonly messages: Messages
}

const limits = {
  maxSessions: 100,
  maxStarting: 100,
  requestsPerMinute: 0,
  authFailuresPerMinute: 0,
  maxStreamsPerToken: 0
}

/** Runs gateways, makes the requests of the examples, and records the answers. */
export async function record(): Promise<Recording> {
  const recorder = new Recorder()
  const messages = new MessageRecorder()
  const document = await withGateway(
    { beforeRoutes: async fastify => void (await fastify.register(openapi)) },
    async fastify => {
      await recordSessions(fastify, recorder)
      await messages.recordGap(fastify)
      await messages.recordHeartbeat(fastify)
      await messages.recordEvents(fastify)
      await messages.recordLog(fastify, 1)
      await recordProblems(fastify, recorder)
      return fastify.swagger() as unknown as Node
    }
  )
  await withGateway({ apps: { 'demo.clock': failing } }, async fastify => {
    await restartSession(fastify)
    await messages.recordEvents(fastify)
  })
  await withGateway({ limits: { ...limits, maxStarting: 1 } }, async fastify => {
    await queueSession(fastify)
    await messages.recordEvents(fastify)
  })
  await recordWithToken(messages)
  return { document, examples: recorder.recorded, messages: messages.messages }
}

async function recordWithToken(messages: MessageRecorder): Promise<void> {
  const token = newToken()
  const headers = { authorization: `Bearer ${token}` }
  const tokens = [{ name: 'owner', hash: hashToken(token), scopes: [...scopes], apps: ['*'] }]
  await withGateway({ tokens }, fastify => messages.recordClosed(fastify, headers))
}
