import { fastify as makeFastify } from 'fastify'

/* Fastify with two routes and nothing around it. `node bench/baseline/fastify.ts SESSION LIST`, both as JSON. */

const [session = '{}', list = '{}'] = process.argv.slice(2)
const one = JSON.parse(session) as object

const fastify = makeFastify({ logger: false, keepAliveTimeout: 0 })
fastify.get('/sessions/:id', async () => one)
fastify.get('/sessions', async (_request, reply) => reply.type('application/json').send(list))
console.log(`listens on ${await fastify.listen({ host: '127.0.0.1', port: 0 })}`)
