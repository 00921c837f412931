import t from 'tap'
import { type EventLine, eventSentence } from '../../src/server/event-sentence.ts'

const line = { level: 30, time: 0, sessionId: 7, appId: 'demo.clock' } as const
const ended = { ...line, msg: 'Stopped', survivors: 0, signalsSent: [] } as const

const sentences: readonly (readonly [EventLine, string | undefined])[] = [
  [{ ...line, msg: 'Launched' }, 'demo.clock 7 is launched'],
  [{ ...line, msg: 'Starting' }, 'demo.clock 7 starts, after it was queued'],
  [{ ...line, msg: 'AppReady' }, 'demo.clock 7 is ready'],
  [
    { ...line, msg: 'Updated', progress: { percent: 40, text: 'compiling' } },
    'demo.clock 7 is updated: 40 % compiling'
  ],
  [{ ...line, msg: 'Stopping' }, undefined],
  [{ ...ended, reason: 'exited', initiator: 'app', exitCode: 0 }, 'demo.clock 7 ended by itself: exit code 0'],
  [
    { ...ended, reason: 'exited', initiator: 'app', signal: 'SIGSEGV' },
    'demo.clock 7 ended by itself: ended by SIGSEGV'
  ],
  [
    { ...ended, reason: 'terminated', initiator: 'client', signalsSent: ['SIGTERM'], exitCode: 0 },
    'demo.clock 7 was stopped by a client: SIGTERM, exit code 0'
  ],
  [
    { ...ended, reason: 'readyMissed', initiator: 'app', exitCode: 3 },
    'demo.clock 7 failed to start: it ended, or closed its output, before it was ready; exit code 3'
  ],
  [
    { ...ended, reason: 'readyMissed', initiator: 'app', exitCode: 3, message: 'it exited with code 3' },
    'demo.clock 7 failed to start: it ended, or closed its output, before it was ready; it exited with code 3'
  ],
  [
    { ...ended, reason: 'spawnFailed', initiator: 'gateway', message: 'redis is not on the PATH' },
    'demo.clock 7 failed to start: its program could not be started; redis is not on the PATH'
  ],
  [
    { ...ended, reason: 'startFailed', initiator: 'gateway', message: 'initdb exited with code 1' },
    'demo.clock 7 failed to start: a command before its start failed; initdb exited with code 1'
  ],
  [
    { ...ended, reason: 'unhealthy', initiator: 'gateway', message: 'it answered 500', signalsSent: ['SIGTERM'] },
    'demo.clock 7 failed: it was not healthy; it answered 500; SIGTERM'
  ],
  [
    { ...ended, reason: 'lifetime', initiator: 'gateway', signalsSent: ['SIGTERM'], exitCode: 0 },
    'demo.clock 7 was stopped: its lifetime was over; SIGTERM, exit code 0'
  ],
  [
    { ...line, msg: 'Restarting', run: 2, reason: 'watchdog', initiator: 'gateway', signal: 'SIGKILL' },
    'demo.clock 7 is restarted: run 2 ended: it did not reset its watchdog in time; ended by SIGKILL'
  ],
  [
    { ...ended, reason: 'gatewayStopped', initiator: 'gateway', signalsSent: ['SIGTERM'], signal: 'SIGTERM' },
    'demo.clock 7 was stopped with the gateway: SIGTERM, ended by SIGTERM'
  ],
  [
    { ...ended, reason: 'supervisorLost', initiator: 'gateway' },
    'demo.clock 7 was killed, since the supervisor was lost'
  ]
]

t.test('each event is one sentence', async t => {
  for (const [event, sentence] of sentences) t.equal(eventSentence(event), sentence)
})
