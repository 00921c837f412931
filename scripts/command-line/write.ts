import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manPage } from './man-page.ts'
import { marker, reference } from './reference.ts'

/* Writes the reference in docs/command-line.md and the man page from the commands themselves. */

const root = join(import.meta.dirname, '../..')
const page = join(root, 'docs/command-line.md')
const [introduction = ''] = readFileSync(page, 'utf8').split(marker)
writeFileSync(page, introduction + (await reference()))
writeFileSync(join(root, 'man/weft-gateway.1'), await manPage())
