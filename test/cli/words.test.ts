import t from 'tap'
import type { Session } from '../../clients/typescript/src/client.ts'
import { hasFailed, sessionPredicate } from '../../src/cli/session-words.ts'
import { coloredLine, plainText } from '../../src/cli/terminal/app-text.ts'
import { durationText, shortDuration } from '../../src/cli/terminal/duration.ts'
import { progressLine } from '../../src/cli/terminal/progress.ts'
import { cut, table } from '../../src/cli/terminal/table.ts'

const createdAt = '2026-01-01T00:00:00.000Z'
const session = (members: object) => ({ id: 1, appId: 'a', labels: {}, createdAt, ...members }) as Session
const stopped = (stop: object) =>
  session({ state: 'stopped', stoppedAt: '2026-01-01T00:00:12.000Z', stop: { signalsSent: [], survivors: 0, ...stop } })

t.test('how a session ended is said in a sentence', async t => {
  for (const [stop, sentence, isFailure] of [
    [
      { reason: 'terminated', initiator: 'client', signalsSent: ['SIGTERM'], exitCode: 0 },
      'a client asked, SIGTERM, exit 0',
      false
    ],
    [
      { reason: 'terminated', initiator: 'client', signalsSent: ['SIGTERM', 'SIGKILL'], signal: 'SIGKILL' },
      'a client asked, SIGTERM, SIGKILL',
      false
    ],
    [
      { reason: 'exited', initiator: 'app', exitCode: 3, message: 'it exited with code 3' },
      'the app exited, exit 3',
      true
    ],
    [{ reason: 'exited', initiator: 'app', exitCode: 0 }, 'the app exited, exit 0', false],
    [{ reason: 'exited', initiator: 'app', signal: 'SIGSEGV' }, 'the app exited, ended by SIGSEGV', true],
    [
      { reason: 'spawnFailed', initiator: 'gateway', message: 'no program\u001b[2J' },
      'it could not be started, no program',
      true
    ],
    [
      { reason: 'appFailed', initiator: 'app', message: 'no paper', signalsSent: ['SIGTERM'], signal: 'SIGTERM' },
      'the app said that it failed, no paper, SIGTERM',
      true
    ],
    [
      { reason: 'memoryLimit', initiator: 'gateway', message: '90 MiB of 64', signal: 'SIGKILL' },
      'it used more memory than its limit, 90 MiB of 64, ended by SIGKILL',
      true
    ],
    [{ reason: 'ofTheFuture', initiator: 'gateway' }, 'ofTheFuture', true]
  ] as const) {
    t.equal(sessionPredicate(stopped(stop)), `stopped after 12 s: ${sentence}`)
    t.equal(hasFailed(stopped(stop)), isFailure)
  }
})

t.test('a state is said with what matters in it', async t => {
  const now = Date.parse(createdAt) + 65_000
  t.equal(sessionPredicate(session({ state: 'starting' }), now), 'has been starting for 1 min 5 s')
  t.equal(sessionPredicate(session({ state: 'queued' }), now), 'has been queued for 1 min 5 s')
  const running = session({ state: 'running', readyAt: '2026-01-01T00:00:00.420Z', port: 80, pid: 7 })
  t.equal(sessionPredicate(running), 'is running: ready after 0.42 s, port 80, pid 7')
  const progress = { percent: 40.5, text: 'compiling\u001b[2J' }
  t.equal(
    sessionPredicate(session({ state: 'starting', progress }), now),
    'has been starting for 1 min 5 s: 40 % compiling'
  )
  t.equal(
    sessionPredicate(session({ ...running, progress: { text: 'up' } })),
    'is running: ready after 0.42 s, port 80, pid 7, up'
  )
  const stopping = session({
    state: 'stopping',
    stopping: { reason: 'readyTimeout', initiator: 'gateway', since: createdAt }
  })
  t.equal(sessionPredicate(stopping), 'is stopping: it was not ready in time')
  t.equal(sessionPredicate(session({ state: 'ofTheFuture' })), 'is ofTheFuture')
})

t.test('durations', async t => {
  for (const [ms, long, short] of [
    [-5, '0 s', '0s'],
    [421, '0.42 s', '0s'],
    [12_345, '12 s', '12s'],
    [185_000, '3 min 5 s', '3m'],
    [7_200_000, '2 h', '2h'],
    [187_200_000, '2 d 4 h', '2d']
  ] as const) {
    t.equal(durationText(ms), long)
    t.equal(shortDuration(ms), short)
  }
})

t.test(
  'a table is aligned by what characters take on a terminal, drops empty columns and shrinks the widest',
  async t => {
    const rows = [
      { name: '日本', size: '7', note: '' },
      { name: 'ab', size: '12', note: '' }
    ]
    const columns = [
      { title: 'NAME', cell: (row: (typeof rows)[0]) => row.name },
      { title: 'SIZE', cell: (row: (typeof rows)[0]) => row.size, alignment: 'right' as const },
      { title: 'NOTE', cell: (row: (typeof rows)[0]) => row.note }
    ]
    t.same(table(columns, rows), ['NAME  SIZE', '日本     7', 'ab      12'])
    const wide = [{ name: 'x'.repeat(30), size: '1', note: 'y'.repeat(40) }]
    const shrinking = columns.map(column => ({ ...column, canShrink: true as const }))
    const [, line = ''] = table(shrinking, wide, 40)
    t.equal(line, `${'x'.repeat(15)}…     1  ${'y'.repeat(15)}…`)
    t.equal(cut('日本語', 5), '日本…')
  }
)

t.test('text of apps can’t control a terminal', async t => {
  t.equal(plainText('a\u001b[2Jb\u0007\nc'), 'ab\ufffd\ufffdc')
  t.equal(coloredLine('a\tb'), 'a\tb')
  t.equal(coloredLine('\u001b[31mred\u001b]0;title\u0007'), '\u001b[31mred\u001b[0m')
})

t.test('a progress bar is full at the usual time', async t => {
  t.equal(progressLine('x', 500, 1_000), `x ${'█'.repeat(10)}${'░'.repeat(10)} 0.5 s, usually 1 s`)
  t.match(progressLine('x', 5_000, 1_000), '█'.repeat(20))
  t.equal(progressLine('x', 500, undefined), 'x 0.5 s')
  t.equal(progressLine('x', 500, 1_000, '40 % compiling'), 'x 0.5 s: 40 % compiling')
})
