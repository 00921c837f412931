import t from 'tap'
import { shell } from '../helper.ts'
import { type FailedStart, testFailedStarts } from './failed-starts.ts'

const soon = { readyTimeoutMs: 3_000 }
const python = '/usr/bin/python3'

/** A server on 127.0.0.1 that answers every request with a status. */
const server = (status: number) => [
  ...[process.execPath, '-e'],
  `require('http').createServer((q, r) => { r.statusCode = ${status}; r.end() }).listen(process.env.PORT, '127.0.0.1')`
]

/** Starts that fail, and what their message must say. */
const failures: Record<string, FailedStart> = {
  'a line on the other stream': [
    shell('for i in 1 2 3; do echo log >&2; done; echo READY >&2; echo log >&2; exec sleep 60', soon),
    /^waited 3 s for a line that is READY on stdout; it wrote 5 lines on stderr and none on stdout; line 4 of stderr matches: set stream$/
  ],
  'a pattern on the stream that is not read': [
    shell('echo up on 80 >&2; exec sleep 60', { ...soon, ready: { pattern: 'up on', stream: 'stdout' } }),
    /line 1 of stderr matches: set stream$/
  ],
  'output in a buffer': [
    { command: [python, '-c', "import time; print('READY'); time.sleep(60)"], readyTimeoutMs: 2_000 },
    /^waited 2 s for .*; it wrote nothing; programs that buffer when stdout is no terminal need tty = true, -u or stdbuf -oL$/
  ],
  'broken JSON after READY': [
    shell("echo 'READY {broken json'; exec sleep 60", soon),
    /line 1 of stdout began with READY but its JSON is broken$/
  ],
  'READY without its token': [
    shell('echo READY; exec sleep 60', { ...soon, ready: { token: true } }),
    /a line that is READY and the value of WEFT_READY_TOKEN on stdout/,
    /began with READY but has not the token of this session$/
  ],
  'an exit with a reason on stderr': [
    shell('echo starting; echo "no such database" >&2; exit 7'),
    /^it exited with code 7; the gateway waited for a line that is READY on stdout; it wrote 1 line on stdout and 1 on stderr; its last line on stderr was "no such database"$/
  ],
  'a status that does not count': [
    { command: server(401), readyTimeoutMs: 10_000, ready: { http: 'http://127.0.0.1:{port}/' } },
    /^waited 10 s for an answer with 2xx or 3xx; GET http:\/\/127\.0\.0\.1:\d+\/ answered 401 \(see ready\.headers and ready\.status\) at last; it wrote nothing$/
  ],
  'a page that nobody serves': [
    shell('exec sleep 60', { ...soon, ready: { http: 'http://127.0.0.1:{port}/' } }),
    /GET http:\/\/127\.0\.0\.1:\d+\/ refused the connection at last/
  ],
  'a port that nobody opens': [
    shell('exec sleep 60', { ...soon, ready: { tcp: '{port}' } }),
    /^waited 3 s for a connection to localhost:\d+; localhost:\d+ refused the connection at last/
  ],
  'a socket that is not there': [
    shell('exec sleep 60', { ...soon, ready: { socket: '/nowhere/x.sock' } }),
    /^waited 3 s for a connection to the socket \/nowhere\/x\.sock; \/nowhere\/x\.sock was not there at last/
  ],
  'a file that is not made': [
    shell('exec sleep 60', { ...soon, ready: { file: '/nowhere/up' } }),
    /\/nowhere\/up was not there at last/
  ],
  'a file of an earlier run': [
    shell('exec sleep 60', { ...soon, ready: { file: import.meta.filename } }),
    /was there before the start and unchanged at last/
  ],
  'a command that fails': [
    shell('exec sleep 60', { ...soon, ready: { command: ['sh', '-c', 'echo no answer >&2; exit 2'] } }),
    /exited with code 2, saying "no answer" at last/
  ],
  'a descriptor that is closed': [
    shell('exec 3>&-; exec sleep 60', { ...soon, ready: { fd: 3 } }),
    /for a newline on descriptor 3; it closed descriptor 3 without a newline/
  ],
  'a daemon with the default readiness': [
    shell('sleep 60 >/dev/null 2>&1 & sleep 61 >/dev/null 2>&1 & sleep 0.2; exit 0'),
    /^it exited with code 0; the gateway waited for .*; it wrote nothing; its first process exited with code 0 and left 2 \(sleep, sleep\) behind, which were ended; keep it in the foreground or set daemonizes$/
  ],
  'a daemon that was ready at once': [
    shell('sleep 60 & sleep 0.3; exit 0', { ready: { none: true } }),
    /^its first process exited with code 0 and left 1 \(sleep\) behind, which was ended; keep it in the foreground or set daemonizes$/
  ]
}

testFailedStarts(t, 'the message of a failed start helps', failures)
