import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { parseArgs } from 'node:util'
import { onJsonLine, sendJsonLine } from '../protocol/json-lines.ts'
import type { Command, Report } from '../protocol/messages.ts'
import { protocolVersion } from '../protocol/messages.ts'
import type { SpawnerName } from '../protocol/spawners.ts'
import { openStateFolder, takeLock } from '../state-folder.ts'
import { chooseProcessHost } from './processes/choose.ts'
import { Supervisor } from './supervisor.ts'

/* The supervisor process. It prints READY when it listens, and serves one gateway at a time. */

const { values } = parseArgs({
  options: {
    'state-dir': { type: 'string', default: '.' },
    'orphan-timeout-ms': { type: 'string', default: '600000' },
    spawner: { type: 'string' }
  }
})

const folder = openStateFolder(values['state-dir'])
const lock = takeLock(folder.path, 'supervisor.lock')
if (!lock) {
  // The one that has the lock serves as well.
  process.stdout.write('READY\n', () => process.exit(0))
} else {
  const host = await chooseProcessHost(values.spawner as SpawnerName | undefined)
  const supervisor = new Supervisor(host, folder)
  const shutDown = async () => {
    await supervisor.close({ reason: 'gatewayStopped', initiator: 'gateway' })
    server.close()
    lock.release()
    process.exit(0)
  }

  let orphanTimer: NodeJS.Timeout | undefined
  const waitForGateway = () => {
    orphanTimer = setTimeout(shutDown, Number(values['orphan-timeout-ms']))
  }

  /** Resolves when the gateway served before is gone: what it said last comes before what the next one says. */
  let gone: Promise<void> = Promise.resolve()
  const serve = (socket: Socket) => {
    const before = gone
    gone = new Promise(resolve => socket.on('close', () => resolve()))
    socket.on('error', () => {})
    onJsonLine(socket, async (command: Command) => {
      if (command.type === 'shutdown') return shutDown()
      if (command.type !== 'hello') return supervisor.execute(command)
      const send = (report: Report) => sendJsonLine(socket, report)
      if (command.version !== protocolVersion) {
        const message = `it speaks version ${protocolVersion}, not ${command.version}`
        return send({ type: 'refused', message, pid: process.pid })
      }
      await before
      clearTimeout(orphanTimer)
      socket.on('close', () => {
        supervisor.disconnect()
        waitForGateway()
      })
      supervisor.connect(command, send)
    })
  }

  rmSync(folder.supervisorSocket, { force: true })
  const server = createServer(serve)
  const umask = process.umask(0o177)
  server.listen(folder.supervisorSocket, () => {
    process.umask(umask)
    process.stdout.on('error', () => {})
    process.stdout.write('READY\n')
  })
  process.on('SIGTERM', shutDown)
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  waitForGateway()
}
