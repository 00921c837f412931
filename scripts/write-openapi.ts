import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../src/app.ts'
import { loadConfig } from '../src/config/load.ts'

/* Writes openapi.yaml, which is made from the schemas of the routes. */

const stateDir = mkdtempSync(join(tmpdir(), 'weft-openapi-'))
try {
  const fastify = await build({ config: { ...loadConfig({ env: {}, cwd: stateDir }), stateDir } })
  const target = new URL('../openapi.yaml', import.meta.url)
  writeFileSync(target, fastify.swagger({ yaml: true }))
  await fastify.close()
  process.stdout.write(`wrote ${target.pathname}\n`)
} finally {
  rmSync(stateDir, { recursive: true })
}
