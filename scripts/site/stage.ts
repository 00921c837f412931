import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { downloads, linksOfSite } from './links.ts'
import { pagesByFile, root } from './pages.ts'
import { reference } from './reference.ts'

const folder = join(import.meta.dirname, '.pages')

/** Writes the pages as VitePress reads them. */
export function stage(): void {
  rmSync(folder, { recursive: true, force: true })
  const pages = pagesByFile()
  for (const [file, page] of pages) {
    write(page, linksOfSite(readFileSync(join(root, file), 'utf8'), file, pages))
  }
  write('reference.md', reference())
  write('decisions/index.md', decisions())
  for (const file of downloads) cpSync(join(root, file), join(folder, 'public', file))
}

function decisions(): string {
  const files = readdirSync(join(root, 'docs/decisions'))
    .filter(file => file.endsWith('.md'))
    .sort()
  const list = files.map(file => {
    const [, title] = /^# (.+)$/m.exec(readFileSync(join(root, 'docs/decisions', file), 'utf8')) ?? []
    return `- [${title ?? file}](${file})`
  })
  return `# Why is it built this way?\n\n${list.join('\n')}\n`
}

function write(page: string, text: string): void {
  const path = join(folder, page)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
