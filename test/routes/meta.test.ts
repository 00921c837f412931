import t from 'tap'
import { errorCodes } from '../../src/gateway/errors.ts'
import { build, shell } from '../helper.ts'

t.test('the catalogue is told without commands and environments', async t => {
  const web = shell('exec sleep 1', { title: 'Web', env: { SECRET: 'x' }, clientEnv: ['GREETING'] })
  const fastify = await build(t, { apps: { web, alone: shell('exec sleep 1') } })
  t.match((await fastify.inject('/apps')).json(), {
    items: [
      { id: 'alone', clientEnv: [] },
      { id: 'web', title: 'Web', clientEnv: ['GREETING'] }
    ]
  })
  t.match((await fastify.inject('/apps/web')).json(), { id: 'web', title: 'Web', clientEnv: ['GREETING'] })
  for (const id of ['nobody', 'constructor', 'toString']) {
    t.match((await fastify.inject(`/apps/${id}`)).json(), { status: 404, code: 'app-not-found' }, id)
  }
})

t.test('livez and readyz say ok', async t => {
  const fastify = await build(t)
  for (const url of ['/livez', '/readyz']) {
    const response = await fastify.inject(url)
    t.equal(response.statusCode, 200)
    t.same(response.json(), { status: 'ok' })
  }
})

t.test('every error code has a page', async t => {
  const fastify = await build(t)
  for (const code of errorCodes) {
    const response = await fastify.inject(`/problems/${code}`)
    t.equal(response.statusCode, 200, code)
    t.match(response.body, new RegExp(`\\(${code}, HTTP [45]\\d\\d\\)`))
  }
  t.match((await fastify.inject('/problems/nonsense')).json(), { status: 404, code: 'not-found' })
})

t.test('the OpenAPI document is there as YAML and as JSON, and knows every path and every error code', async t => {
  const fastify = await build(t)
  const yaml = await fastify.inject('/openapi.yaml')
  t.match(yaml.headers['content-type'], 'application/yaml')
  const document = (await fastify.inject('/openapi.json')).json()
  t.match(yaml.body, /^openapi: 3\.1\.0\n/)
  t.equal(document.openapi, '3.1.0')
  const paths = [
    '/sessions',
    '/sessions/{id}',
    '/sessions/{id}/wait',
    '/sessions/{id}/log-lines',
    '/events/history',
    '/apps',
    '/readyz'
  ]
  for (const path of paths) t.ok(document.paths[path] ?? document.paths[`${path}/`], path)
  t.same(document.components.schemas.ErrorCode['x-extensible-enum'], [...errorCodes])
})
