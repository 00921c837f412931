import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildClient } from './client.ts'

/* Compiles what the package @weft-gateway/client holds; npm calls it before it packs. */

const folder = join(import.meta.dirname, '../../clients/typescript/dist')
rmSync(folder, { recursive: true, force: true })
await buildClient(folder)
