import { join } from 'node:path'
import { ServerProcess } from './server-process.ts'
import type { GatewaySettings } from './weft-gateway.ts'

const folder = join(import.meta.dirname, '..', 'baseline')

export async function startBareGateway(settings: GatewaySettings, stack: AsyncDisposableStack): Promise<ServerProcess> {
  const args = [join(folder, 'gateway.ts'), JSON.stringify(settings.apps)]
  return stack.use(await ServerProcess.start({ args, preload: settings.preload ?? [] }))
}

/** A `ws` server with nothing around it. */
export async function startBareWebSocket(message: string, stack: AsyncDisposableStack): Promise<ServerProcess> {
  return stack.use(await ServerProcess.start({ args: [join(folder, 'websocket.ts'), message] }))
}

/** Fastify with a route for a session and one for a list, both given as JSON. */
export async function startBareFastify(
  answers: { readonly session: string; readonly list: string },
  stack: AsyncDisposableStack
): Promise<ServerProcess> {
  const args = [join(folder, 'fastify.ts'), answers.session, answers.list]
  return stack.use(await ServerProcess.start({ args }))
}
