import type { FastifyInstance } from 'fastify'
import type { Recorder } from './recorder.ts'

/** What the document shows of the catalogue, of health and of the contract itself. */
export async function recordDocuments(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  await recorder.answer(fastify, 'appList', { url: '/apps' })
  await recorder.answer(fastify, 'app', { url: '/apps/demo.clock' })
  await recorder.answer(fastify, 'alive', { url: '/livez' })
  await recorder.answer(fastify, 'ready', { url: '/readyz' })
  await recorder.answer(fastify, 'problemPage', { url: '/problems/session-not-found' })
  await recorder.answer(fastify, 'openapiYaml', { url: '/openapi.yaml' }, text => excerpt(text, /^openapi: .*\n/m))
  await recorder.answer(
    fastify,
    'openapiJson',
    { url: '/openapi.json' },
    text => `{${excerpt(text, /"openapi": ?"[^"]*"/)}}`
  )
  await recorder.answer(fastify, 'asyncapiYaml', { url: '/asyncapi.yaml' }, text => excerpt(text, /^asyncapi: .*\n/m))
}

/** Found anywhere in the text, since the old file can contain merge conflicts when it is generated again. */
function excerpt(text: string, pattern: RegExp): string {
  const [found] = pattern.exec(text) ?? []
  if (found === undefined) throw new Error(`there is no ${pattern} in what was served`)
  return found
}
