import { writeFileSync } from 'node:fs'
import { contractFiles } from './files.ts'

/* Writes the files of the contract. */

for (const [name, content] of Object.entries(await contractFiles())) {
  const target = new URL(`../../${name}`, import.meta.url)
  writeFileSync(target, content)
  process.stdout.write(`wrote ${target.pathname}\n`)
}
