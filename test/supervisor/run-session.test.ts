import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import type { Input } from '../../src/session/transition.ts'
import { NotifySockets } from '../../src/supervisor/app-messages/notify-sockets.ts'
import { LimitWatch } from '../../src/supervisor/limits/limit-watch.ts'
import { LogDisk } from '../../src/supervisor/output/log-disk.ts'
import { Ports } from '../../src/supervisor/ports.ts'
import { chooseProcessHost } from '../../src/supervisor/processes/choose-process-host.ts'
import { runSession } from '../../src/supervisor/run-session.ts'
import { SessionFolders } from '../../src/supervisor/session-folders.ts'
import { processesOf, temporaryFolder } from '../helper.ts'

// One a process: it reaps all children.
const host = await chooseProcessHost()

for (const poisoned of ['spawned', 'ready']) {
  t.test(`an error after the spawn (${poisoned}) ends the tree before it is told`, async t => {
    // Waiting for a child does not keep the loop alive; the supervisor's socket does.
    const alive = setInterval(() => {}, 1_000)
    t.teardown(() => clearInterval(alive))
    const key = randomUUID()
    const inputs: Input[] = []
    const launch = {
      ...{ sessionId: 1, appId: 'app', key, command: ['/bin/sh', '-c', 'sleep 60 & echo READY; exec sleep 60'] },
      ...{ cwd: '/', env: {}, literalEnv: { PATH: process.env.PATH ?? '', WEFT_SESSION_KEY: key } },
      ...{ readiness: { kind: 'line', setting: 'READY' } as const, readyTimeoutMs: 60_000 },
      ...{ stopSignal: 'SIGTERM' as const, stopGraceMs: 500, maxLogBytes: 1_048_576, minFreeBytes: 0 }
    }
    const folder = await temporaryFolder(t)
    await runSession(launch, {
      host,
      ports: new Ports(),
      folders: new SessionFolders(folder, () => {}),
      limits: new LimitWatch(host),
      notifySockets: new NotifySockets(folder),
      logFolder: join(folder, '1'),
      logDisk: new LogDisk('/'),
      bootId: '',
      stop: new AbortController().signal,
      kill: new AbortController().signal,
      opened: () => {},
      record: input => {
        if (input.type === 'ended') t.same(processesOf(new Set([key])), [], 'nothing is left when the end is told')
        if (input.type === poisoned) throw new RangeError('poison')
        inputs.push(input)
      },
      tell: () => {},
      warn: () => {}
    })
    t.match(inputs.at(-1), {
      type: 'ended',
      stop: { reason: 'terminated', initiator: 'gateway', message: /poison/, signalsSent: ['SIGTERM'], survivors: 0 }
    })
  })
}
