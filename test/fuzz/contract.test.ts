import { join } from 'node:path'
import fc from 'fast-check'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { maxPipelined } from '../../src/http/connections/connection.ts'
import { listen } from '../../src/server/listen.ts'
import { build, shell, type TestOptions, temporaryFolder } from '../helper.ts'
import { pipeline } from './pipeline.ts'
import { anyRequest, type FuzzRequest, operations } from './requests.ts'

/*
 * What comes back is held to the contract by build(), which knows every status, content type and body.
 * WEFT_FUZZ_REQUESTS makes it longer.
 */

const requests = Number(process.env.WEFT_FUZZ_REQUESTS ?? 20_000)

/** Sends requests, and resolves with the statuses of the answers, in order. */
type Send = (requests: readonly FuzzRequest[]) => Promise<readonly number[]>

interface Way {
  readonly name: string
  /** Of all requests. */
  readonly share: number
  /** Requests at the same time. */
  readonly batch: number
  readonly open: (t: Test, options: TestOptions) => Promise<{ fastify: FastifyInstance; send: Send }>
}

const ways: readonly Way[] = [
  {
    name: 'one by one',
    share: 0.5,
    batch: 50,
    open: async (t, options) => {
      const fastify = await build(t, options)
      const answer = async (request: FuzzRequest) => (await fastify.inject(request as InjectOptions)).statusCode
      return { fastify, send: all => Promise.all(all.map(answer)) }
    }
  },
  {
    name: 'pipelined',
    share: 0.25,
    batch: maxPipelined,
    open: async (t, options) => {
      const fastify = await build(t, options)
      const { port } = new URL(await fastify.listen({ host: '127.0.0.1', port: 0 }))
      return { fastify, send: all => pipeline({ host: '127.0.0.1', port: Number(port) }, all) }
    }
  },
  {
    name: 'pipelined over a Unix socket',
    share: 0.25,
    batch: maxPipelined,
    open: async (t, options) => {
      const path = join(await temporaryFolder(t), 'gateway.sock')
      const fastify = await build(t, { ...options, server: { socket: path } })
      await listen(fastify)
      return { fastify, send: all => pipeline({ path }, all) }
    }
  }
]

const options: TestOptions = {
  apps: { quick: shell('echo READY', { clientEnv: ['GREETING'] }), crash: shell('exit 3') },
  limits: { requestsPerMinute: 0 }
}

for (const { name, share, batch, open } of ways) {
  const count = Math.ceil(requests * share)
  t.test(
    `${count} requests, valid and not, ${name}, get what the contract promises`,
    { timeout: 36_000_000 },
    async t => {
      t.ok(operations.length >= 12, `${operations.length} operations`)
      const { fastify, send } = await open(t, options)
      const statuses = new Map<string, number>()
      let answered = 0
      const property = fc.asyncProperty(fc.array(anyRequest, { minLength: batch, maxLength: batch }), async all => {
        for (const [index, status] of (await send(all)).entries()) {
          const request = all[index] as FuzzRequest
          const what = `${request.operation} ${status}`
          statuses.set(what, (statuses.get(what) ?? 0) + 1)
          answered++
          if (status >= 500 && status !== 502 && status !== 503)
            throw new Error(`${status}: ${JSON.stringify(request)}`)
        }
      })
      await fc.assert(property, { numRuns: Math.ceil(count / batch), endOnFailure: true, includeErrorInReport: true })
      t.ok(answered >= count)
      for (const [what, times] of [...statuses].sort()) t.comment(`${what}: ${times}`)
      t.equal((await fastify.inject('/readyz')).statusCode, 200, 'and the gateway is well')
    }
  )
}
