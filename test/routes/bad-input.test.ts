import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { build, shell } from '../helper.ts'
import { logLines } from '../log-lines.ts'

const apps = { app: shell('echo READY; exec sleep 1000', { clientEnv: ['GREETING'] }) }

/** Each of these requests, sent to a fresh gateway, is refused like this, and nothing has happened then. */
async function refuses(t: Test, cases: readonly (readonly [string, InjectOptions, object])[]): Promise<void> {
  const log = logLines()
  const fastify = await build(t, { apps, logger: log.logger })
  for (const [name, request, problem] of cases) {
    const response = await fastify.inject(request)
    const context = `${name}: ${response.statusCode} ${response.body.slice(0, 300)}`
    t.match(response.headers['content-type'], /^application\/problem\+json/, context)
    t.match(response.json(), { status: response.statusCode, detail: /./, ...problem }, context)
    t.equal(response.json().type, `/problems/${response.json().code}`)
    t.ok(response.body.length < 70_000)
  }
  await nothingHappened(t, fastify)
  t.same(log.faults(), [])
}

async function nothingHappened(t: Test, fastify: FastifyInstance) {
  const { items, eventCursor } = (await fastify.inject('/sessions')).json()
  t.same(items, [])
  t.match(eventCursor, /\.0$/)
  t.equal((await fastify.inject('/readyz')).statusCode, 200)
}

const launchOf = (payload: unknown): InjectOptions => ({
  method: 'POST',
  url: '/sessions',
  headers: { 'content-type': 'application/json' },
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload)
})

const at = (...pointers: string[]) => ({
  status: 400,
  code: 'invalid-request',
  errors: pointers.map(pointer => ({ pointer, detail: String }))
})

const invalid = { status: 400, code: 'invalid-request' }

t.test('a launch with members of the wrong kind is refused, with a pointer to each', t =>
  refuses(t, [
    ['nothing at all', launchOf({}), at('/body/appId')],
    ['null', launchOf('null'), at('/body')],
    ['an array', launchOf([]), at('/body')],
    ['a string', launchOf('"app"'), at('/body')],
    ['an unknown member', launchOf({ appId: 'app', command: ['rm'] }), at('/body/command')],
    ['two faults', launchOf({ appid: 'app' }), at('/body/appId', '/body/appid')],
    ['appId is a number', launchOf({ appId: 1 }), at('/body/appId')],
    ['appId is null', launchOf({ appId: null }), at('/body/appId')],
    ['appId is an array', launchOf({ appId: ['app'] }), at('/body/appId')],
    ['labels is an array', launchOf({ appId: 'app', labels: [] }), at('/body/labels')],
    ['labels is null', launchOf({ appId: 'app', labels: null }), at('/body/labels')],
    ['a label is a number', launchOf({ appId: 'app', labels: { n: 1 } }), at('/body/labels/n')],
    ['a label is a boolean', launchOf({ appId: 'app', labels: { n: true } }), at('/body/labels/n')],
    ['env is a string', launchOf({ appId: 'app', env: 'GREETING=x' }), at('/body/env')],
    ['a variable is a number', launchOf({ appId: 'app', env: { GREETING: 1 } }), at('/body/env/GREETING')],
    ['a variable is null', launchOf({ appId: 'app', env: { GREETING: null } }), at('/body/env/GREETING')],
    ['a query member', { ...launchOf({ appId: 'app' }), url: '/sessions?wait=1' }, at('/query/wait')]
  ])
)

const badAppIds = [
  '-x',
  '../x',
  '/abs',
  '',
  '.',
  '.hidden',
  'a b',
  'a/b',
  'a\0b',
  'ä',
  'app\n',
  'a'.repeat(129),
  'a'.repeat(10_000)
]

t.test('an app id that could be an option or a path is refused', t =>
  refuses(
    t,
    badAppIds.map(appId => [`app id ${appId.slice(0, 20)}`, launchOf({ appId }), at('/body/appId')])
  )
)

const labelsOf = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`l${n}`, 'x']))

t.test('too many, too long and misnamed labels and variables are refused', t =>
  refuses(t, [
    ['33 labels', launchOf({ appId: 'app', labels: labelsOf(33) }), at('/body/labels')],
    ['a long label', launchOf({ appId: 'app', labels: { a: 'x'.repeat(257) } }), at('/body/labels/a')],
    ['a long name', launchOf({ appId: 'app', labels: { ['a'.repeat(64)]: 'x' } }), invalid],
    ['an empty name', launchOf({ appId: 'app', labels: { '': 'x' } }), invalid],
    ['a name with =', launchOf({ appId: 'app', labels: { 'a=b': 'x' } }), invalid],
    ['not in clientEnv', launchOf({ appId: 'app', env: { PATH: '/tmp' } }), at('/body/env/PATH')],
    ['LD_PRELOAD', launchOf({ appId: 'app', env: { GREETING: 'x', LD_PRELOAD: 'x' } }), at('/body/env/LD_PRELOAD')],
    ['our own variable', launchOf({ appId: 'app', env: { WEFT_SESSION_KEY: 'x' } }), at('/body/env/WEFT_SESSION_KEY')],
    ['no name of a variable', launchOf({ appId: 'app', env: { 'A=B': 'x' } }), invalid],
    ['an empty name of a variable', launchOf({ appId: 'app', env: { '': 'x' } }), invalid],
    ['a NUL in a value', launchOf({ appId: 'app', env: { GREETING: 'a\0b' } }), at('/body/env/GREETING')],
    ['a NUL in a name', launchOf({ appId: 'app', env: { 'GREETING\0': 'x' } }), invalid]
  ])
)

const typed = (contentType: string, payload: string) => ({
  ...launchOf(payload),
  headers: { 'content-type': contentType }
})

t.test('a body that is no JSON, too large or of another type is refused', t =>
  refuses(t, [
    ['no body', { method: 'POST', url: '/sessions' }, invalid],
    ['an empty body', launchOf(''), invalid],
    ['broken JSON', launchOf('{"appId":"app"'), invalid],
    ['trailing garbage', launchOf('{"appId":"app"} x'), invalid],
    ['a NUL byte', launchOf('{"appId":"app"\0}'), invalid],
    ['__proto__', launchOf('{"appId":"app","__proto__":{"env":{}}}'), invalid],
    ['__proto__ in labels', launchOf('{"appId":"app","labels":{"__proto__":"x"}}'), invalid],
    ['escaped __proto__', launchOf('{"appId":"app","\\u005f_proto__":{}}'), invalid],
    ['constructor', launchOf('{"appId":"app","constructor":{"prototype":{"x":1}}}'), invalid],
    ['deep arrays', launchOf(`{"appId":${'['.repeat(30_000)}${']'.repeat(30_000)}}`), at('/body/appId')],
    ['deep objects', launchOf(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`), invalid],
    [
      '65 KiB',
      launchOf({ appId: 'app', labels: { a: 'x'.repeat(66_000) } }),
      { status: 413, code: 'payload-too-large' }
    ],
    ['text', typed('text/plain', '{"appId":"app"}'), { status: 415, code: 'unsupported-media-type' }],
    [
      'a form',
      typed('application/x-www-form-urlencoded', 'appId=app'),
      { status: 415, code: 'unsupported-media-type' }
    ],
    ['a multipart form', typed('multipart/form-data; boundary=x', '--x--'), { status: 415 }],
    ['no type', typed('', '{"appId":"app"}'), { status: 415 }],
    ['nonsense for a type', typed('json', '{"appId":"app"}'), { status: 415 }]
  ])
)

const badIds = [
  '0',
  '-1',
  '1.5',
  '9007199254740992',
  '9007199254740993',
  '1e300',
  'abc',
  'NaN',
  'Infinity',
  '1;2',
  '%00',
  '١'
]

t.test('an id that is no session id is refused everywhere', t =>
  refuses(
    t,
    badIds.flatMap(id =>
      (
        [
          ['GET', `/sessions/${encodeURI(id)}`, '/params/id'],
          ['DELETE', `/sessions/${encodeURI(id)}`, '/params/id'],
          ['GET', `/sessions/${encodeURI(id)}/wait`, '/params/id'],
          ['GET', `/sessions/${encodeURI(id)}/logs`, '/params/id'],
          ['GET', `/events?sessionId=${encodeURI(id)}`, '/query/sessionId/0']
        ] as const
      ).map(([method, url, pointer]) => [`${method} ${url}`, { method, url }, at(pointer)] as const)
    )
  )
)

const query = (url: string, pointer: string) => [url.slice(0, 80), { url }, at(pointer)] as const
const json = { accept: 'application/json' }
const expired = { status: 410, code: 'cursor-expired' }

t.test('what a query says must be known and of its kind', t =>
  refuses(t, [
    query('/sessions?color=red', '/query/color'),
    query('/sessions?state=dead', '/query/state/0'),
    query('/sessions?limit=0', '/query/limit'),
    query('/sessions?limit=1001', '/query/limit'),
    query('/sessions?limit=ten', '/query/limit'),
    query('/sessions?limit=1&limit=2', '/query/limit'),
    query('/sessions?appId=../x', '/query/appId/0'),
    query('/sessions?label=team', '/query/label/0'),
    query('/sessions?cursor=nonsense', '/query/cursor'),
    query('/sessions?cursor=abc.-1', '/query/cursor'),
    query('/sessions?cursor=abc.1', '/query/cursor'),
    query('/sessions?__proto__=x', '/query/__proto__'),
    query('/sessions/1?x=1', '/query/x'),
    query('/sessions/1/wait?until=running', '/query/until'),
    query('/sessions/1/wait?for=running', '/query/until'),
    query('/sessions/1/wait?until=', '/query/until'),
    query('/sessions/1/wait?until=ready&for=ready', '/query/for'),
    query('/sessions/1/wait?timeoutMs=-1', '/query/timeoutMs'),
    query('/sessions/1/wait?timeoutMs=120001', '/query/timeoutMs'),
    query('/sessions/1/logs?tail=-1', '/query/tail'),
    query('/sessions/1/logs?stream=stdin', '/query/stream'),
    query('/apps?x=1', '/query/x'),
    query('/apps/app?x=1', '/query/x'),
    query('/apps/-x', '/params/id'),
    query('/events?eventType=Exploded', '/query/eventType/0'),
    query('/events?type=Exploded', '/query/eventType/0'),
    query('/events?since=nonsense', '/query/since'),
    query('/events?since=', '/query/since'),
    query('/events?since=abc.-1', '/query/since'),
    query('/events?since=abc.99999999999999999999', '/query/since'),
    query('/events?nonsense=1', '/query/nonsense'),
    ['force', { method: 'DELETE', url: '/sessions/1?force=maybe' }, at('/query/force')],
    ['misspelt force', { method: 'DELETE', url: '/sessions/1?forse=true' }, at('/query/forse')],
    ['Last-Event-ID', { url: '/events', headers: { 'last-event-id': 'x' } }, at('/headers/last-event-id')],
    ['another epoch', { url: '/events?since=abc.0', headers: json }, expired]
  ])
)

const allowing = (t: Test, fastify: FastifyInstance, method: string, url: string, allow: string) =>
  fastify.inject({ method: method as 'GET', url }).then(response => {
    t.equal(response.statusCode, 405, `${method} ${url}`)
    t.equal(response.headers.allow, allow, `${method} ${url}`)
    t.match(response.headers['content-type'], /^application\/problem\+json/)
    if (method !== 'HEAD')
      t.match(response.json(), { code: 'method-not-allowed', type: '/problems/method-not-allowed' })
  })

t.test('a wrong path is 404, a wrong method 405 with Allow', async t => {
  const notFound = { status: 404, code: 'not-found' }
  await refuses(t, [
    ['nowhere', { url: '/nowhere' }, notFound],
    ['below', { url: '/sessions/1/nowhere' }, notFound],
    ['upper case', { url: '/Sessions' }, notFound],
    ['dots', { url: '/problems/../../etc/passwd' }, notFound],
    ['encoded dots', { url: '/problems/..%2f..%2fetc%2fpasswd' }, notFound],
    ['malformed percent-encoding', { url: '/sessions/%zz' }, invalid],
    ['a broken UTF-8 sequence', { url: '/apps/%ff' }, invalid],
    ['malformed percent-encoding at the end', { url: '/apps/a%' }, invalid],
    ['malformed percent-encoding in a query', { url: '/sessions?cursor=%zz' }, invalid],
    ['a segment of 10 kB', { url: `/apps/${'a'.repeat(10_000)}` }, invalid]
  ])
  const fastify = await build(t, { apps })
  await allowing(t, fastify, 'PUT', '/sessions', 'GET, HEAD, OPTIONS, POST')
  await allowing(t, fastify, 'POST', '/sessions/1', 'DELETE, GET, HEAD, OPTIONS, PATCH')
  await allowing(t, fastify, 'PUT', '/sessions/x', 'DELETE, GET, HEAD, OPTIONS, PATCH')
  await allowing(t, fastify, 'DELETE', '/apps/app', 'GET, HEAD, OPTIONS')
  await allowing(t, fastify, 'PROPFIND', '/livez', 'GET, HEAD, OPTIONS')
})
