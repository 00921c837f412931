import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { type BuildOptions, build } from '../../src/app.ts'
import { type Config, loadConfig } from '../../src/config/load.ts'

const file = new URL('../../weft-gateway.toml', import.meta.url).pathname

/** Calls `use` with a gateway that has the demo catalogue and listens on a free port, and removes everything afterwards. */
export async function withGateway<T>(
  { beforeRoutes, ...settings }: Partial<Config> & Pick<BuildOptions, 'beforeRoutes'>,
  use: (fastify: FastifyInstance) => Promise<T>
): Promise<T> {
  const stateDir = await mkdtemp(join(tmpdir(), 'weft-contract-'))
  try {
    const config = { ...loadConfig({ flags: { config: file }, env: {}, cwd: '/' }), ...settings, stateDir }
    const fastify = await build({ config, ...(beforeRoutes && { beforeRoutes }) })
    try {
      await fastify.listen({ host: '127.0.0.1', port: 0 })
      return await use(fastify)
    } finally {
      await fastify.close()
    }
  } finally {
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 })
  }
}
