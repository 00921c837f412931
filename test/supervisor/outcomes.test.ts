import t from 'tap'
import type { AppEntry } from '../../src/config/complete-apps.ts'
import type { StopReason } from '../../src/session/session.ts'
import { build, eventTypes, launch, shell, spawners, stop, until } from '../helper.ts'
import { watch } from './watch.ts'

interface Ending {
  readonly app: Partial<AppEntry>
  readonly reason: StopReason
  /** How the session's `stop` must look besides. */
  readonly stop: object
  readonly events: readonly string[]
}

const notSpawned = { exitCode: undefined, signal: undefined, signalsSent: [] }

/** Launches that never get ready, by what can be seen of each. */
const endings: Record<string, Ending> = {
  'D6: a program that is not on the PATH': spawnFails(
    { command: ['there-is-no-such-program'] },
    /no program 'there-is/
  ),
  'a program that is not at its path': spawnFails(
    { command: ['./fixtures/nothing'] },
    /no program .*fixtures\/nothing/
  ),
  'a file without the x bit': spawnFails({ command: ['./fixtures/not-executable.txt'] }, /is not executable/),
  'a folder in place of a program': spawnFails({ command: ['./fixtures'] }, /is a folder/),
  'a working folder that is not there': spawnFails(
    { ...shell('echo READY'), cwd: 'nowhere' },
    /working folder .*nowhere/
  ),
  'a working folder that is a file': spawnFails({ ...shell('echo READY'), cwd: 'helper.ts' }, /working folder/),
  'a script without #! line': spawnFails(
    { command: ['./fixtures/no-interpreter'] },
    /fixtures\/no-interpreter can't be run: .*ENOEXEC/
  ),
  'a script whose interpreter is missing': spawnFails(
    { command: ['./fixtures/bad-interpreter'] },
    /bad-interpreter needs the interpreter \S+, which is not there: .*ENOENT/
  ),
  'an environment too large for exec': spawnFails(
    { ...shell('echo READY'), env: { BIG: 'x'.repeat(200_000) } },
    /E2BIG/
  ),
  'an exit with 0': missed('exit 0', { exitCode: 0, message: 'it exited with code 0' }),
  'D11: an exit with 3': missed('exit 3', { exitCode: 3, message: 'it exited with code 3' }),
  'a death by a signal': missed('kill -9 $$', {
    signal: 'SIGKILL',
    exitCode: undefined,
    message: 'it was ended by SIGKILL'
  }),
  'D22: an exit after READY on stderr': missed('echo READY >&2', { exitCode: 0 }),
  'D22: an exit after READY inside a longer line': missed('echo it is READY now; echo READYx', { exitCode: 0 }),
  'an exit after READY and an array': missed('echo "READY [1]"', { message: refused('its JSON is no object') }),
  'an exit after READY and broken JSON': missed("echo 'READY {broken'", { message: refused('its JSON is broken') }),
  'an exit after READY and an object of 17 levels': missed(`echo 'READY ${nested(17)}'`, {
    message: refused('its JSON is too deep (over 16 levels)')
  }),
  'an exit after READY and an object of more than 8 KiB': missed(`echo 'READY {"a":"${'x'.repeat(8_192)}"}'`, {
    message: refused('its JSON is too large (over 8192 bytes)')
  }),
  'an exit after a pattern that captured more than 8 KiB': missed(
    "head -c 4000 /dev/zero | tr '\\0' x; echo",
    { message: /line 1 of stdout matched the pattern but what it captured is too large/ },
    { ready: { pattern: '(?<a>(?<b>(?<c>x+)))' } }
  ),
  'D8: a closed stdout while the process lives on': {
    app: shell('exec >&-; exec sleep 60'),
    reason: 'readyMissed',
    stop: { initiator: 'app', message: 'it closed its stdout', signal: 'SIGTERM', signalsSent: ['SIGTERM'] },
    events: ['Launched', 'Stopping', 'Stopped']
  },
  'silence until the timeout': timesOut('exec sleep 60'),
  'READY without newline that is followed by nothing': timesOut('printf READY; exec sleep 60'),
  'READY behind 10 MiB in one line': timesOut('head -c 10485760 /dev/zero; echo READY; exec sleep 60')
}

function spawnFails(app: Partial<AppEntry>, message: RegExp): Ending {
  const stop = { initiator: 'gateway', message, ...notSpawned }
  return { app, reason: 'spawnFailed', stop, events: ['Launched', 'Stopped'] }
}

function missed(script: string, stop: object, entry: Partial<AppEntry> = {}): Ending {
  const events = ['Launched', 'Stopped']
  return {
    app: shell(script, entry),
    reason: 'readyMissed',
    stop: { initiator: 'app', signalsSent: [], ...stop },
    events
  }
}

function timesOut(script: string): Ending {
  const stop = {
    initiator: 'gateway',
    message: /^waited 300 ms for a line that is READY on stdout; it wrote /,
    signalsSent: ['SIGTERM']
  }
  return {
    app: shell(script, { readyTimeoutMs: 300 }),
    reason: 'readyTimeout',
    stop,
    events: ['Launched', 'Stopping', 'Stopped']
  }
}

/** An object with objects in it, as many levels as that. */
function nested(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
}

function refused(why: string): RegExp {
  const awaited =
    'the gateway waited for a line that is READY on stdout; it wrote 1 line on stdout and none on stderr; its last line on stdout was'
  return new RegExp(
    `^it exited with code 0; ${awaited} .*; line 1 of stdout began with READY but ${why.replaceAll(/[()]/g, '\\$&')}$`
  )
}

interface Readiness {
  readonly app: Partial<AppEntry>
  readonly ready?: object
}

const pattern = { pattern: '^listening on (?<host>[^:]+):(?<port>\\d+)(?<tls> with TLS)?' }

/** Launches that get ready, by how they tell. */
const readies: Record<string, Readiness> = {
  READY: { app: shell('echo READY; exec sleep 60') },
  'READY with blanks around it and CRLF': { app: shell('printf " READY \\r\\n"; exec sleep 60') },
  'READY in two writes': { app: shell('printf REA; sleep 0.1; echo DY; exec sleep 60') },
  'READY after other lines': { app: shell('seq 10000; echo READY; seq 10000; exec sleep 60') },
  'READY and stdout closed at once': { app: shell('echo READY; exec sleep 60 >&-') },
  'D21: READY after invalid UTF-8': { app: shell('printf "\\377\\376\\n\\300READY\\n"; echo READY; exec sleep 60') },
  'READY after NUL bytes': { app: shell('printf "\\0\\0\\n"; echo READY; exec sleep 60') },
  'D20: READY after a line of 10 MiB': { app: shell('head -c 10485760 /dev/zero; echo; echo READY; exec sleep 60') },
  'D19: READY after 1 MiB of stderr': { app: shell('head -c 1048576 /dev/zero >&2; echo READY; exec sleep 60') },
  'READY and an object of 16 levels': {
    app: shell(`echo 'READY ${nested(16)}'; exec sleep 60`),
    ready: JSON.parse(nested(16))
  },
  'READY after one that did not count': { app: shell("echo 'READY {broken'; echo READY; exec sleep 60") },
  'READY and a JSON object': { app: shell('echo \'READY {"json":1}\'; exec sleep 60'), ready: { json: 1 } },
  'a line of its own': { app: shell('echo READY nonsense; echo up; exec sleep 60', { ready: { line: 'up' } }) },
  'a pattern with named groups': {
    app: shell('echo listening on 127.0.0.1:80, READY; exec sleep 60', { ready: pattern }),
    ready: { host: '127.0.0.1', port: '80' }
  },
  'a port that opens late': {
    app: { command: ['/usr/bin/python3', 'fixtures/late-tcp.py', '{port}'], ready: { tcp: '{port}' } }
  },
  'a page that fails at first': {
    app: { command: [process.execPath, 'fixtures/late-http.mjs'], ready: { http: 'http://127.0.0.1:{port}/' } }
  },
  'nothing, where nothing is asked': { app: shell('exec sleep 60', { ready: { none: true } }) }
}

for (const spawner of spawners) {
  t.test(spawner, async t => {
    const named = { ...endings, ...readies }
    const appIds = new Map(Object.keys(named).map((name, index) => [name, `app-${index}`]))
    const apps = Object.fromEntries(Object.entries(named).map(([name, { app }]) => [appIds.get(name), app]))
    const fastify = await build(t, { spawner, apps })
    const { processes } = watch(fastify)
    const appIdOf = (name: string) => appIds.get(name) as string

    for (const [name, { reason, stop, events }] of Object.entries(endings)) {
      t.test(`${name} ends as ${reason}, once, and leaves nothing`, async t => {
        const { id } = await launch(fastify, appIdOf(name))
        const session = await until(fastify, id, 'stopped')
        t.match(session, { state: 'stopped', stop: { reason, survivors: 0, ...stop } })
        t.notOk('readyAt' in session)
        t.same(await eventTypes(fastify, id), events)
        t.same(processes(id), [])
      })
    }

    for (const [name, { ready }] of Object.entries(readies)) {
      t.test(`${name} makes a session running`, async t => {
        const { id } = await launch(fastify, appIdOf(name))
        const session = await until(fastify, id, 'ready')
        t.match(session, { state: 'running', readyAt: /Z$/ }, JSON.stringify(session))
        t.same('ready' in session ? session.ready : undefined, ready)
        await stop(fastify, id)
        t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', initiator: 'client' } })
        t.same(await eventTypes(fastify, id), ['Launched', 'AppReady', 'Stopping', 'Stopped'])
        t.same(processes(id), [])
      })
    }
  })
}
