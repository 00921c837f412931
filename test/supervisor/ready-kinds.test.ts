import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { AppEntry } from '../../src/config/complete-apps.ts'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'
import { watch } from './watch.ts'

const python = '/usr/bin/python3'

/** Listens on an address and answers every request with a status. */
const server = (address: string, port: string, status = 200) => [
  ...[process.execPath, '-e'],
  `require('http').createServer((q, r) => { r.statusCode = q.headers.token === 'x' ? 204 : ${status}; r.end() }).listen(${port}, '${address}')`
]

const unixServer = (path: string, type: string) => [
  ...[python, '-c'],
  `import socket,time; s=socket.socket(socket.AF_UNIX,socket.${type}); s.bind('${path}'); ${type === 'SOCK_STREAM' ? 's.listen()' : '0'}; time.sleep(60)`
]

/** Apps that get ready, by the way in which they show it. */
function readies(folder: string): Record<string, Partial<AppEntry>> {
  return {
    'a line on stderr': shell('echo up >&2; exec sleep 60', { ready: { line: 'up', stream: 'stderr' } }),
    'a line on either stream': shell('echo up >&2; exec sleep 60', { ready: { line: 'up', stream: 'both' } }),
    'a pattern, on stderr': shell('echo up on 80 >&2; exec sleep 60', { ready: { pattern: 'up on \\d+' } }),
    'a pattern on stderr after stdout was closed': shell('exec >&-; sleep 0.2; echo up >&2; exec sleep 60', {
      ready: { pattern: '^up' }
    }),
    'the token of the session': shell('echo READY; echo READY x; echo "READY $WEFT_READY_TOKEN"; exec sleep 60', {
      ready: { token: true }
    }),
    'a token after another word': shell(`echo "up $WEFT_READY_TOKEN {\\"a\\":1}"; exec sleep 60`, {
      ready: { line: 'up', token: true }
    }),
    'an answer with a status of its own': {
      command: server('127.0.0.1', '{port}', 401),
      ready: { http: 'http://127.0.0.1:{port}/', status: [401, 403] }
    },
    'an answer to a header': {
      command: server('127.0.0.1', '{port}', 500),
      ready: { http: 'http://127.0.0.1:{port}/', status: 204, headers: { token: 'x' }, timeoutMs: 5_000 }
    },
    'an answer of localhost on IPv6 alone': {
      command: server('::1', '{port}'),
      ready: { http: 'http://localhost:{port}/' }
    },
    'a port on IPv6 alone': { command: server('::1', '{port}'), ready: { tcp: '{port}', intervalMs: 20 } },
    'a port on all addresses': { command: server('::', '{port}'), ready: { tcp: 'localhost:{port}' } },
    'a Unix socket': {
      command: unixServer(join(folder, 'stream-{sessionId}'), 'SOCK_STREAM'),
      ready: { socket: join(folder, 'stream-{sessionId}') }
    },
    'a Unix socket for datagrams': {
      command: unixServer(join(folder, 'dgram-{sessionId}'), 'SOCK_DGRAM'),
      ready: { socket: join(folder, 'dgram-{sessionId}') }
    },
    'a file, relative to its folder': shell('sleep 0.1; touch up-{sessionId}; exec sleep 60', {
      cwd: folder,
      ready: { file: 'up-{sessionId}' }
    }),
    'a file that was there, written again': shell('sleep 0.1; echo 1 > old; exec sleep 60', {
      cwd: folder,
      ready: { file: 'old' }
    }),
    'a command that exits with 0': shell('sleep 0.2; touch probed-{sessionId}; exec sleep 60', {
      cwd: folder,
      ready: { command: ['test', '-e', 'probed-{sessionId}'] }
    }),
    'a newline on descriptor 3': shell('printf x >&3; sleep 0.1; echo >&3; exec 3>&-; exec sleep 60', {
      ready: { fd: 3 }
    }),
    'a newline on descriptor 9': shell('echo >&9; echo again >&9; exec sleep 60', { ready: { fd: 9 } })
  }
}

for (const spawner of spawners) {
  t.test(`${spawner}: an app is ready when it shows`, async t => {
    const folder = await temporaryFolder(t)
    writeFileSync(join(folder, 'old'), '')
    const named = Object.entries(readies(folder))
    const apps = Object.fromEntries(named.map(([, app], index) => [`app-${index}`, app]))
    const fastify = await build(t, { spawner, apps })
    const { processes } = watch(fastify)
    for (const [index, [name]] of named.entries()) {
      await t.test(name, async t => {
        const { id } = await launch(fastify, `app-${index}`)
        t.match(await until(fastify, id, 'ready'), { state: 'running' })
        await stop(fastify, id)
        t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', survivors: 0 } })
        t.same(processes(id), [])
      })
    }
  })

  t.test(`${spawner}: a port that another process answers on does not count, unless the entry says so`, async t => {
    // The app never listens: it has a stranger listen on its port.
    const strangers: ReturnType<typeof createServer>[] = []
    t.teardown(() => {
      for (const stranger of strangers) stranger.close()
    })
    const silent = { command: ['sleep', '60', '{port}'].slice(0, 2), env: { P: '{port}' }, readyTimeoutMs: 3_000 }
    const fastify = await build(t, {
      spawner,
      apps: {
        own: { ...silent, ready: { tcp: '{port}' } },
        page: { ...silent, ready: { http: 'http://localhost:{port}/', intervalMs: 50 } },
        any: { ...silent, readyTimeoutMs: 60_000, ready: { tcp: '{port}', anyProcess: true } }
      }
    })
    const launched = await Promise.all(['own', 'page', 'any'].map(appId => launch(fastify, appId)))
    for (const { id } of launched) {
      let port: number | undefined
      while (port === undefined) {
        await new Promise(setImmediate)
        port = (await fastify.inject(`/sessions/${id}`)).json().port
      }
      const stranger = createServer(socket => {
        socket.on('error', () => {})
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      })
      strangers.push(stranger)
      await new Promise<void>(resolve => stranger.listen(port, '127.0.0.1', resolve))
    }
    const [own, page, any] = launched.map(({ id }) => id) as [number, number, number]
    t.match(await until(fastify, any, 'ready'), { state: 'running' })
    const why = new RegExp(`pid ${process.pid} \\(.+\\), which is no process of this session, answered on port \\d+`)
    for (const id of [own, page]) {
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'readyTimeout', message: why } })
    }
    await stop(fastify, any)
  })

  t.test(`${spawner}: the processes of a readiness command end with the session, and hang it never`, async t => {
    const folder = await temporaryFolder(t)
    const script = join(folder, 'probe.sh')
    writeFileSync(script, '#!/bin/sh\nsleep 300 &\nexec sleep 301\n')
    chmodSync(script, 0o755)
    const hangs = (timeoutMs: number) => ({ command: [script], timeoutMs })
    const fastify = await build(t, {
      spawner,
      apps: {
        stopped: shell('exec sleep 60', { ready: hangs(60_000) }),
        late: shell('exec sleep 60', { ready: hangs(100), readyTimeoutMs: 1_500 }),
        missing: shell('exec sleep 60', { ready: { command: ['no-such-probe'] }, readyTimeoutMs: 300 })
      }
    })
    const { processes } = watch(fastify)
    const first = await launch(fastify, 'stopped')
    while (processes(first.id).length < 3) await new Promise(setImmediate)
    await stop(fastify, first.id)
    t.match(await until(fastify, first.id, 'stopped'), { stop: { reason: 'terminated', survivors: 0 } })
    t.same(processes(first.id), [])
    const late = await launch(fastify, 'late')
    t.match(await until(fastify, late.id, 'stopped'), {
      stop: { reason: 'readyTimeout', message: /probe\.sh did not end in time at last/ }
    })
    t.same(processes(late.id), [])
    const missing = await launch(fastify, 'missing')
    t.match(await until(fastify, missing.id, 'stopped'), {
      stop: { message: /no-such-probe could not be run: there is/ }
    })
  })
}
