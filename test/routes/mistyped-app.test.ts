import t from 'tap'
import { build, shell } from '../helper.ts'

t.test('a launch of a mistyped app names the one that was probably meant', async t => {
  const fastify = await build(t, { apps: { 'demo.web': shell('exec sleep 60') } })
  for (const [appId, detail] of [
    ['demo.wbe', "There is no app 'demo.wbe' in the catalogue; did you mean 'demo.web'?"],
    ['weather', "There is no app 'weather' in the catalogue."]
  ] as const) {
    const launched = await fastify.inject({ method: 'POST', url: '/sessions', payload: { appId } })
    t.match(launched.json(), { code: 'app-not-found', detail })
    t.match((await fastify.inject(`/apps/${appId}`)).json(), { code: 'app-not-found', detail })
  }
})
