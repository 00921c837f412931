import fc from 'fast-check'
import t from 'tap'
import { type Session, type SessionState, type Stop, sessionStates } from '../../src/session/session.ts'
import { begin, type Input, isLegal, transition } from '../../src/session/transition.ts'

const stop: Stop = { reason: 'exited', initiator: 'app', exitCode: 0, signalsSent: [], survivors: 0 }

const inputs: Record<Input['type'], Input> = {
  start: { type: 'start', time: 1_500 },
  spawned: { type: 'spawned', time: 2_000, pid: 7, port: 8080 },
  ready: { type: 'ready', time: 3_000, ready: { url: 'x' } },
  updated: { type: 'updated', time: 3_200, progress: { percent: 40, text: 'x' } },
  stop: { type: 'stop', time: 4_000, reason: 'terminated', initiator: 'client' },
  restart: {
    type: 'restart',
    time: 3_500,
    ...{ at: 4_000, attempt: 1, of: 5, lastRun: { run: 1, reason: 'exited', exitCode: 1, ranMs: 1_500 } }
  },
  ended: { type: 'ended', time: 5_000, stop }
}

const fresh = (state: 'queued' | 'starting' = 'starting') =>
  begin({ id: 1, appId: 'a', state, labels: { k: 'v' } }, 1_000).session

const sessions: Record<SessionState, Session> = {
  queued: fresh('queued'),
  starting: transition(fresh(), inputs.spawned).session,
  running: transition(transition(fresh(), inputs.spawned).session, inputs.ready).session,
  restarting: transition(transition(fresh(), inputs.spawned).session, inputs.restart).session,
  stopping: transition(fresh(), inputs.stop).session,
  stopped: transition(fresh(), inputs.ended).session
}

/** What comes of each pair, and the event that tells of it; '-' is illegal. */
const table: Record<SessionState, Record<Input['type'], string>> = {
  queued: {
    ...{ start: 'starting Starting', spawned: '-', ready: '-', updated: 'queued Updated', restart: '-' },
    ...{ stop: 'stopped Stopped', ended: 'stopped Stopped' }
  },
  starting: {
    ...{
      start: '-',
      spawned: 'starting',
      ready: 'running AppReady',
      updated: 'starting Updated',
      restart: 'restarting Restarting'
    },
    ...{ stop: 'stopping Stopping', ended: 'stopped Stopped' }
  },
  running: {
    ...{ start: '-', spawned: '-', ready: '-', updated: 'running Updated', restart: 'restarting Restarting' },
    ...{ stop: 'stopping Stopping', ended: 'stopped Stopped' }
  },
  restarting: {
    ...{ start: 'starting Starting', spawned: '-', ready: '-', updated: 'restarting Updated', restart: '-' },
    ...{ stop: 'stopping Stopping', ended: 'stopped Stopped' }
  },
  stopping: {
    ...{ start: 'stopping', spawned: 'stopping', ready: 'stopping', updated: 'stopping Updated', restart: 'stopping' },
    ...{ stop: 'stopping', ended: 'stopped Stopped' }
  },
  stopped: { start: '-', updated: '-', restart: '-', spawned: '-', ready: '-', stop: 'stopped', ended: '-' }
}

for (const state of sessionStates) {
  for (const [type, expected] of Object.entries(table[state])) {
    t.test(`${state} + ${type} → ${expected}`, async t => {
      const input = inputs[type as Input['type']]
      t.equal(isLegal(state, input.type), expected !== '-')
      if (expected === '-') {
        t.throws(() => transition(sessions[state], input), /can't happen/)
        return
      }
      const { session, event } = transition(sessions[state], input)
      t.equal([session.state, event].filter(Boolean).join(' '), expected)
    })
  }
}

t.test('a session carries what it has learned to its end', async t => {
  const { session } = transition(sessions.running, inputs.ended)
  t.same(session, {
    id: 1,
    appId: 'a',
    state: 'stopped',
    labels: { k: 'v' },
    createdAt: '1970-01-01T00:00:01.000Z',
    pid: 7,
    port: 8080,
    readyAt: '1970-01-01T00:00:03.000Z',
    ready: { url: 'x' },
    stoppedAt: '1970-01-01T00:00:05.000Z',
    stop
  })
})

t.test('a session says from the first moment why it is stopping, who asked and since when, and keeps that', async t => {
  const { session } = transition(sessions.running, inputs.stop)
  const since = '1970-01-01T00:00:04.000Z'
  t.match(session, { state: 'stopping', stopping: { reason: 'terminated', initiator: 'client', since } })
  const again: Input = { type: 'stop', time: 4_500, reason: 'gatewayStopped', initiator: 'gateway' }
  t.same(transition(session, again).session, session, 'whoever asks first')
  const { session: stopped } = transition(session, inputs.ended)
  t.notOk('stopping' in stopped)
  t.match(stopped, { stop: { ...stop, since } })
  t.notOk('since' in transition(sessions.running, inputs.ended).session, 'an exit needs no stopping')
})

t.test('a queued session says when its turn came, and a stop before that is its end', async t => {
  const { session } = transition(sessions.queued, inputs.start)
  t.match(session, {
    state: 'starting',
    createdAt: '1970-01-01T00:00:01.000Z',
    startedAt: '1970-01-01T00:00:01.500Z'
  })
  t.notOk('startedAt' in sessions.starting, 'it did not wait')
  const { session: stopped } = transition(sessions.queued, inputs.stop)
  t.notOk('startedAt' in stopped)
  t.match(stopped, { stop: { reason: 'terminated', initiator: 'client', signalsSent: [], survivors: 0 } })
})

t.test('readiness that comes after a stop leaves no trace', async t => {
  const { session, event } = transition(sessions.stopping, inputs.ready)
  t.equal(event, undefined)
  t.notOk('readyAt' in session)
})

t.test('nothing can be ready before it was spawned', async t => {
  t.throws(() => transition(fresh(), inputs.ready), /before it was spawned/)
})

t.test('between two runs nothing is known of a process, but the port, the run before it and the next one', async t => {
  const { session, event } = transition(sessions.running, inputs.restart)
  t.equal(event, 'Restarting')
  t.same(session, {
    ...{
      id: 1,
      appId: 'a',
      state: 'restarting',
      labels: { k: 'v' },
      createdAt: '1970-01-01T00:00:01.000Z',
      port: 8080
    },
    restart: { at: '1970-01-01T00:00:04.000Z', attempt: 1, of: 5 },
    lastRun: { run: 1, reason: 'exited', exitCode: 1, ranMs: 1_500 }
  })
  const next = transition(session, { type: 'start', time: 4_100, run: 2 }).session
  t.match(next, { state: 'starting', run: 2, startedAt: '1970-01-01T00:00:04.100Z', lastRun: { run: 1 } })
  t.notOk('restart' in next)
})

t.test('what a run tells stays until its end, the newest of each, and the next run begins without it', async t => {
  const health = { status: 'unhealthy', since: '1970-01-01T00:00:03.300Z', failures: 3 } as const
  const told = transition(transition(sessions.running, inputs.updated).session, {
    type: 'updated',
    time: 3_300,
    health
  })
  t.match(told.session, { progress: { percent: 40, text: 'x' }, health })
  const again = transition(told.session, { type: 'updated', time: 3_400, progress: { text: 'y' } }).session
  t.match(again, { progress: { text: 'y' }, health })
  t.notOk('percent' in ('progress' in again ? again.progress : {}), 'a progress is replaced as a whole')
  t.match(transition(again, inputs.ended).session, { state: 'stopped', progress: { text: 'y' }, health })
  for (const session of [transition(again, inputs.restart).session, restartedWhileStopping(again)]) {
    t.notOk('progress' in session)
    t.notOk('health' in session)
  }
  t.notOk('progress' in transition(again, { type: 'updated', time: 3_500, progress: {} }).session)
})

const restartedWhileStopping = (session: Session) =>
  transition(transition(session, inputs.stop).session, inputs.restart).session

t.test(
  'whatever happens in whatever order, events are in order, those of a run at most once, and Stopped ends it',
  async t => {
    const order = ['Launched', 'Starting', 'AppReady', 'Restarting', 'Stopping', 'Stopped']
    const states = fc.constantFrom('queued' as const, 'starting' as const)
    fc.assert(
      fc.property(states, fc.array(fc.constantFrom(...Object.values(inputs)), { maxLength: 20 }), (state, sequence) => {
        let { session, event }: { session: Session; event?: string } = begin(
          { id: 1, appId: 'a', state, labels: {} },
          0
        )
        const events = [event]
        for (const input of sequence) {
          if (!isLegal(session.state, input.type) || (input.type === 'ready' && !('pid' in session))) continue
          ;({ session, event } = transition(session, input))
          if (event && event !== 'Updated') events.push(event)
        }
        // After a restart come the events of another run.
        const run = events.slice(events.lastIndexOf('Restarting') + 1)
        const places = run.map(type => order.indexOf(String(type)))
        return (
          places.every((place, index) => index === 0 || place > (places[index - 1] ?? 0)) &&
          (session.state === 'stopped') === events.includes('Stopped')
        )
      }),
      { numRuns: 2_000 }
    )
    t.pass('2000 sequences')
  }
)
