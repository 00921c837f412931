import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../docs/sdk')

/** What a reader does with a block: writes it to a file, or runs it as a command, which may show what it prints. */
export type Step =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'command'; readonly command: string; readonly output: readonly string[] }

export interface Section {
  readonly page: string
  readonly title: string
  readonly steps: readonly Step[]
}

/** The sections that have something to do, of all pages in docs/sdk. A title is without what follows a number. */
export function allSections(): Section[] {
  const pages = readdirSync(folder).filter(file => file.endsWith('.md'))
  return pages.flatMap(file => sectionsOf(file.replace('.md', ''), readFileSync(join(folder, file), 'utf8')))
}

export function findSection(page: string, title: string): Section {
  const found = allSections().find(section => section.page === page && section.title === title)
  if (!found) throw new Error(`docs/sdk/${page}.md has no section "${title}"`)
  return found
}

function sectionsOf(page: string, text: string): Section[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map(part => ({ page, title: /^\D*?(?= \d|$)/m.exec(part)?.[0] ?? '', steps: stepsOf(part) }))
    .filter(({ steps }) => steps.length > 0)
}

/** A file is named at the end of the line before its block. */
function stepsOf(section: string): Step[] {
  const blocks = section.matchAll(/(?:`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$/gms)
  return [...blocks].flatMap(([, path, language, text = '']): Step[] => {
    if (language === 'sh') return commandsOf(text).map(command => ({ kind: 'command', command, output: [] }))
    if (language === 'console') return sessionOf(text)
    if (path === undefined) throw new Error(`no file is named before ${text.slice(0, 80)}`)
    return [{ kind: 'file', path, text }]
  })
}

const commandsOf = (text: string) => text.replaceAll('\\\n', '').trimEnd().split('\n')

function sessionOf(text: string): Step[] {
  return text.split(/^\$ /m).flatMap((part): Step[] => {
    const [command = '', ...output] = part.trimEnd().split('\n')
    return command === '' ? [] : [{ kind: 'command', command, output }]
  })
}
