import fp from 'fastify-plugin'
import type { EventLog } from '../src/gateway/store/event-log.ts'
import { SqliteEventLog } from '../src/gateway/store/sqlite-event-log.ts'
import { openStateFolder, type StateFolder, takeLock } from '../src/state-folder.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly eventLog: EventLog
    readonly stateFolder: StateFolder
  }
}

/** Opens the state folder, which belongs to one gateway at a time, and the event log in it. */
export default fp(
  async fastify => {
    const { stateDir } = fastify.config
    const folder = openStateFolder(stateDir)
    const lock = takeLock(folder.path, 'gateway.lock')
    if (!lock) throw new StateFolderInUse(stateDir)
    fastify.addHook('onClose', async () => lock.release())
    const eventLog = new SqliteEventLog(folder.database)
    fastify.addHook('onClose', async () => eventLog.close())
    fastify.decorate('stateFolder', folder)
    fastify.decorate('eventLog', eventLog)
  },
  { name: 'event-log', dependencies: ['config'] }
)

class StateFolderInUse extends Error {
  constructor(path: string) {
    super(`Another gateway runs on the state folder ${path}; give this one its own with --state-dir.`)
  }
}
