import fp from 'fastify-plugin'
import { SupervisorClient } from '../src/gateway/supervisor-link/client.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The gateway's side of the process that runs the sessions. */
    readonly supervisor: SupervisorClient
  }
}

export default fp(
  async fastify => {
    const { registry, stateFolder, log } = fastify
    const { spawner, orphanTimeoutMs } = fastify.config.server
    const supervisor = new SupervisorClient({
      folder: stateFolder,
      ledger: registry,
      spawner,
      orphanTimeoutMs,
      onAttached: ({ pid: supervisorPid, spawner, sessions }, lost) =>
        log.info({ supervisorPid, spawner, sessions: sessions.length, lost }, 'supervisor attached'),
      onDetached: err => log.error({ err }, 'supervisor lost'),
      onFactRefused: (fact, err) => log.error({ err, fact }, 'fact of the supervisor refused'),
      onStderr: ({ sessionId, appId, line, omitted }) =>
        log.warn({ sessionId, appId, stream: 'stderr', ...(omitted && { omitted }) }, line)
    })
    fastify.addHook('onClose', () => supervisor.close({ shutdown: registry.live.length === 0 }))
    await supervisor.open()
    fastify.decorate('supervisor', supervisor)
  },
  { name: 'supervisor', dependencies: ['registry'] }
)
