import t from 'tap'
import { GatewayClient } from '../../clients/typescript/src/client.ts'

/** What JavaScript lets a caller give, and TypeScript does not. */
const wrong = (options: object) => options as never

const sent: string[] = []
const client = new GatewayClient({
  fetch: url => {
    sent.push(String(url))
    return Promise.reject(new Error('nothing is to be sent'))
  }
})

const refused: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['states must be an array', () => client.list(wrong({ states: 'running' }))],
  ['reasons must be an array', () => client.list(wrong({ reasons: 'exited' }))],
  ['appIds must be an array', () => client.sessions(wrong({ appIds: 'demo.clock' })).next()],
  ['types must be an array', () => client.history(wrong({ types: 'Stopped' }))],
  ['sessionIds must be an array', () => client.history(wrong({ sessionIds: 1 }))],
  ['labels must be an object', () => client.list(wrong({ labels: 'team=a' }))],
  ['labels must be an object', () => client.stats(wrong({ labels: ['team=a'] }))],
  ['labels must be an object', () => client.list(wrong({ labels: null }))]
]

for (const [message, call] of refused) {
  t.test(`${message}: ${call}`, async t => {
    await t.rejects(call(), { name: 'TypeError', message })
  })
}

t.test('the options of a loop are checked before it begins', async t => {
  t.throws(() => client.events(wrong({ types: 'Stopped' })), { message: 'types must be an array' })
  t.throws(() => client.session(1).events(wrong({ labels: 'team=a' })), { message: 'labels must be an object' })
})

for (const id of ['1', '1?force=true', '../apps', 0, -1, 1.5, Number.NaN, undefined]) {
  t.test(`${JSON.stringify(id) ?? id} is not the id of a session`, async t => {
    const error = { name: 'TypeError', message: `${String(id)} is not the id of a session` }
    for (const method of ['get', 'wait', 'waitUntilReady', 'waitUntilStopped', 'stop', 'logs', 'logLines'] as const) {
      const call: Promise<unknown> = client[method](id as never)
      await t.rejects(call, error)
    }
    t.throws(() => client.followLogs(id as never), error)
    t.throws(() => client.session(id as never), error)
  })
}

t.test('none of it was sent', async t => t.same(sent, []))
