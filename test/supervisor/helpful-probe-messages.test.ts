import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { shell } from '../helper.ts'
import { type FailedStart, testFailedStarts } from './failed-starts.ts'

const folder = mkdtempSync(join(tmpdir(), 'weft-'))
t.teardown(() => rmSync(folder, { recursive: true }))
execFileSync(
  'openssl',
  ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost'].concat(
    '-keyout',
    join(folder, 'key.pem'),
    '-out',
    join(folder, 'cert.pem')
  ),
  { stdio: 'ignore' }
)

const readyTimeoutMs = 6_000
const page = { readyTimeoutMs, ready: { http: 'http://127.0.0.1:{port}/' } }
const node = (script: string) => [process.execPath, '-e', script]
/** A server that answers each request so. */
const server = (answer: string, address = "process.env.PORT, '127.0.0.1'") =>
  node(`require('http').createServer((request, response) => { ${answer} }).listen(${address})`)
const ok = 'response.end()'
const tls = `const read = require('fs').readFileSync
require('https').createServer({ key: read('key.pem'), cert: read('cert.pem') }).listen(process.env.PORT, '127.0.0.1')`
const python = (script: string) => ['/usr/bin/python3', '-u', '-c', script]

const failures: Record<string, FailedStart> = {
  'a page that wants a login': [
    { ...page, command: server('response.writeHead(401).end()') },
    /^waited 6 s for an answer with 2xx or 3xx; GET \S+ answered 401 \(see ready\.headers and ready\.status\) at last/
  ],
  'a page that fails': [{ ...page, command: server('response.writeHead(500).end()') }, /answered 500 at last/],
  'a page that is not there': [
    { ...page, command: server('response.writeHead(404).end()') },
    /answered 404 \(is it the path of a page\?\) at last/
  ],
  'a page that is elsewhere': [
    {
      ...page,
      command: server("response.writeHead(302, { location: '/login' }).end()"),
      ready: { ...page.ready, status: 200 }
    },
    /^waited 6 s for an answer with 200; GET \S+ answered 302, to \/login at last/
  ],
  'a page that takes its time': [
    { ...page, command: server('response'), ready: { ...page.ready, timeoutMs: 500 } },
    /gave no answer in time at last/
  ],
  'a server that speaks TLS': [
    { ...page, command: node(tls), cwd: folder },
    /GET \S+ (was answered in TLS|broke the connection)/
  ],
  'a server that does not speak HTTP': [
    {
      ...page,
      command: node("require('net').createServer(s => s.end('SSH-2.0\\r\\n')).listen(process.env.PORT, '127.0.0.1')")
    },
    /was not answered in HTTP \(set ready\.tcp\) at last/
  ],
  'a host that nobody knows': [
    { ...page, command: ['sleep', '60'], ready: { http: 'http://nowhere.invalid/' } },
    /GET http:\/\/nowhere\.invalid\/ has a host that no name service knows at last/
  ],
  'another port': [
    { ...page, command: server(ok, "0, '127.0.0.1'") },
    /refused the connection at last; it listens on 127\.0\.0\.1:\d+: is \d+ in its command, or PORT read\?/
  ],
  'another address': [
    { ...page, command: server(ok, "process.env.PORT, '127.0.0.2'") },
    /GET http:\/\/127\.0\.0\.1:(\d+)\/ refused the connection at last; it listens on 127\.0\.0\.2:\1; /
  ],
  'a line in colours': [
    shell("printf '\\033[32mREADY\\033[0m\\n'; exec sleep 60", { readyTimeoutMs: 3_000 }),
    /line 1 of stdout is READY in colours: turn them off, as by NO_COLOR, or set ready\.pattern$/
  ],
  'a line after a prefix': [
    shell("echo '[web] READY'; exec sleep 60", { readyTimeoutMs: 3_000 }),
    /line 1 of stdout has READY among other text: set ready\.pattern$/
  ],
  'a line in small letters': [
    shell('echo ready; exec sleep 60', { readyTimeoutMs: 3_000 }),
    /line 1 of stdout is ready, not READY: set ready\.line$/
  ],
  'a kill while it starts': [
    shell('echo begun >&2; kill -KILL $$'),
    /^it was ended by SIGKILL; the gateway waited for a line that is READY on stdout; it wrote 1 line on stderr/
  ],
  'a stdout that is closed': [
    shell('exec >&-; exec sleep 60'),
    /^it closed its stdout; the gateway waited for a line that is READY on stdout; it wrote nothing$/
  ],
  'an exception of Python': [
    { command: python("import json; json.loads('{')"), readyTimeoutMs },
    /^it exited with code 1; .*its last line on stderr was "json\.decoder\.JSONDecodeError/
  ],
  'a module that is not installed': [
    { command: python('import nosuchmodule'), readyTimeoutMs },
    /its last line on stderr was "ModuleNotFoundError: No module named 'nosuchmodule'"/
  ]
}

testFailedStarts(t, 'what was awaited, what answered, and what to do is said', failures)
