import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { whyToBuild } from './stale.ts'

/* Compiles the programs and the client into dist/; with --if-needed only if they are older than their sources. */

const root = join(import.meta.dirname, '../..')
const { values } = parseArgs({ options: { 'if-needed': { type: 'boolean' } } })
const why = values['if-needed'] ? whyToBuild() : 'asked for'
if (why) {
  process.stderr.write(`weft-gateway: compiling into dist/ (${why})\n`)
  await build()
}

/** Made beside dist/, so that an interrupted build leaves the old one. */
async function build(): Promise<void> {
  // Loaded only when there is something to compile: every `npm start` comes here.
  const { bundle } = await import('./bundle.ts')
  const { fileSchema } = await import('../../src/config/file-schema.ts')
  const { buildClient } = await import('./client.ts')
  const folder = mkdtempSync(join(root, '.dist-'))
  chmodSync(folder, 0o755)
  try {
    await bundle(folder)
    await buildClient(join(folder, 'client'))
    writeFileSync(join(folder, 'weft-gateway.schema.json'), `${JSON.stringify(fileSchema(), null, 2)}\n`)
    rmSync(join(root, 'dist'), { recursive: true, force: true })
    renameSync(folder, join(root, 'dist'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
