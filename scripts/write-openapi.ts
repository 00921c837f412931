import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../src/app.ts'
import { loadConfig } from '../src/config/load.ts'
import { contractFiles } from './contract-files.ts'

/* Writes the files of the contract, which are made from the schemas of the routes. */

const stateDir = mkdtempSync(join(tmpdir(), 'weft-openapi-'))
try {
  const fastify = await build({ config: { ...loadConfig({ env: {}, cwd: stateDir }), stateDir } })
  for (const [name, content] of Object.entries(await contractFiles(fastify))) {
    const target = new URL(`../${name}`, import.meta.url)
    writeFileSync(target, content)
    process.stdout.write(`wrote ${target.pathname}\n`)
  }
  await fastify.close()
} finally {
  rmSync(stateDir, { recursive: true })
}
