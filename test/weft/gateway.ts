import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { build, shell, type TestOptions, temporaryFolder } from '../helper.ts'
import { environment } from './store.ts'

export interface WeftGateway {
  readonly fastify: FastifyInstance
  readonly url: string
  readonly socketPath: string
  /** `$XDG_RUNTIME_DIR/weft` */
  readonly folder: string
  readonly store: string
}

/** Apps that say READY, and then wait; that never say it; and that ignore SIGTERM. */
export const apps = {
  'demo.app': shell('echo READY; exec sleep 1000'),
  'demo.slow': shell('exec sleep 1000'),
  'demo.stubborn': shell('trap "" TERM; echo READY; while :; do sleep 0.05; done')
}

/** A gateway that serves the protocol of weft-appd, in folders of its own. */
export async function weftGateway(t: Test, options: TestOptions = {}): Promise<WeftGateway> {
  const [runtime, store] = [await temporaryFolder(t), await temporaryFolder(t)]
  environment(t, { XDG_RUNTIME_DIR: runtime, WEFT_APP_STORE: store, WEFT_APPD_SOCKET: undefined })
  const fastify = await build(t, { apps, ...options, weft: { enabled: true, ...options.weft } })
  await fastify.listen({ host: '127.0.0.1', port: 0 })
  const { port } = fastify.server.address() as { port: number }
  const folder = join(runtime, 'weft')
  return { fastify, store, folder, url: `ws://127.0.0.1:${port}`, socketPath: join(folder, 'appd.sock') }
}
