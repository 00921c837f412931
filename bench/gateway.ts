import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { build } from '../src/app.ts'
import { loadConfig } from '../src/config/load.ts'
import { validate } from '../src/config/validate.ts'
import type { Session } from '../src/session/session.ts'

/** A gateway of its own for a benchmark, listening on a free port of the loopback. */
export async function withGateway(
  settings: object,
  use: (gateway: FastifyInstance, url: string) => Promise<void>
): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), 'weft-bench-'))
  const config = { ...loadConfig({ env: {}, cwd: '/' }), ...validate(settings), stateDir, baseDir: import.meta.dirname }
  const gateway = await build({ config })
  try {
    await use(gateway, await gateway.listen({ host: '127.0.0.1', port: 0 }))
  } finally {
    await gateway.close()
    rmSync(stateDir, { recursive: true, force: true })
  }
}

/** Launches over HTTP; resolves when the session runs. */
export async function launch(url: string, appId: string): Promise<Session> {
  const response = await fetch(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60' },
    body: JSON.stringify({ appId })
  })
  if (response.status !== 201) throw new Error(await response.text())
  return (await response.json()) as Session
}

export async function stop(url: string, id: number): Promise<void> {
  const response = await fetch(`${url}/sessions/${id}`, { method: 'DELETE', headers: { prefer: 'wait=60' } })
  await response.arrayBuffer()
}
