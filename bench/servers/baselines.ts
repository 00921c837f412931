import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { ServerProcess } from './server-process.ts'
import type { GatewaySettings } from './weft-gateway.ts'

const root = join(import.meta.dirname, '..', '..')

export async function startBareGateway(settings: GatewaySettings, stack: AsyncDisposableStack): Promise<ServerProcess> {
  const args = [await compile('gateway', stack), JSON.stringify(settings.apps)]
  return stack.use(await ServerProcess.start({ args, preload: settings.preload ?? [] }))
}

/** A `ws` server with nothing around it. */
export async function startBareWebSocket(message: string, stack: AsyncDisposableStack): Promise<ServerProcess> {
  return stack.use(await ServerProcess.start({ args: [await compile('websocket', stack), message] }))
}

/** Fastify with a route for a session and one for a list, both given as JSON. */
export async function startBareFastify(
  answers: { readonly session: string; readonly list: string },
  stack: AsyncDisposableStack
): Promise<ServerProcess> {
  const args = [await compile('fastify', stack), answers.session, answers.list]
  return stack.use(await ServerProcess.start({ args }))
}

/** Makes it JavaScript, as weft-gateway is when it runs. It must lie where its packages are found. */
async function compile(name: 'gateway' | 'websocket' | 'fastify', stack: AsyncDisposableStack): Promise<string> {
  const cache = join(root, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'weft-bench-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const outfile = join(folder, `${name}.mjs`)
  const entryPoints = [join(root, 'bench', 'baseline', `${name}.ts`)]
  await build({ entryPoints, outfile, bundle: true, packages: 'external', format: 'esm', platform: 'node' })
  return outfile
}
