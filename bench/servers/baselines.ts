import { join } from 'node:path'
import { ServerProcess } from './server-process.ts'
import type { GatewaySettings } from './weft-gateway.ts'

const folder = join(import.meta.dirname, '..', 'baseline')

export async function startBareGateway(settings: GatewaySettings, stack: AsyncDisposableStack): Promise<ServerProcess> {
  const args = [join(folder, 'gateway.ts'), JSON.stringify(settings.apps)]
  return stack.use(await ServerProcess.start({ args, preload: settings.preload ?? [] }))
}

/** A `ws` server with nothing around it, or a Fastify with two routes. */
export async function startBare(name: 'websocket' | 'fastify', stack: AsyncDisposableStack): Promise<ServerProcess> {
  return stack.use(await ServerProcess.start({ args: [join(folder, `${name}.ts`)] }))
}
