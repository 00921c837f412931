import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import t from 'tap'

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

/** Prints the module that is loaded, for each one. */
const hook = `import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context) } })`

const heavy =
  /node_modules\/(fastify|@fastify|@sinclair|ajv|pino|prom-client)|\/src\/(app|server)\.ts|\/src\/gateway\/|node:http|node:sqlite/

function loadedBy(...args: string[]): string[] {
  const imported = `data:text/javascript,${encodeURIComponent(hook)}`
  const env = { PATH: process.env.PATH ?? '', WEFT_URL: 'http://127.0.0.1:9' }
  try {
    execFileSync(process.execPath, ['--import', imported, main, ...args], { env, encoding: 'utf8', stdio: 'pipe' })
    return []
  } catch (error) {
    return String((error as { stderr?: string }).stderr).split('\n')
  }
}

t.test('commands that call a gateway load nothing of the gateway', async t => {
  for (const args of [
    ['ps'],
    ['launch', 'x'],
    ['stop', '1'],
    ['logs', '1'],
    ['events'],
    ['wait', '1'],
    ['apps'],
    ['show', '1'],
    ['top']
  ]) {
    const loaded = loadedBy(...args)
    t.ok(
      loaded.some(url => url.endsWith('/clients/typescript/src/client.ts')),
      args.join(' ')
    )
    t.same(
      loaded.filter(url => heavy.test(url)),
      [],
      args.join(' ')
    )
  }
})

t.test('ps lists thousands of sessions, page after page', async t => {
  const total = 5_000
  const sessions = Array.from({ length: total }, (_, index) => ({
    ...{ id: index + 1, appId: 'demo.web', state: 'running', labels: { user: `ada${index}` } },
    createdAt: new Date().toISOString()
  }))
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams
    const begin = Number(query.get('cursor')?.split('.')[1] ?? 0)
    const end = begin + Number(query.get('limit'))
    const next = end < total ? { nextCursor: `x.${end}` } : {}
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ items: sessions.slice(begin, end), ...next, eventCursor: 'x.1' }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const { Command } = await import('./command.ts')
  const { stdout } = await new Command(t, ['ps', '--url', `127.0.0.1:${port}`]).ended()
  const lines = stdout.trimEnd().split('\n')
  t.equal(lines.length, total + 1)
  t.match(lines.at(-1), /^5000 {2}demo\.web {2}running .+user=ada4999$/)
})
