import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** What readers look for, and the pages that answer it: the name in the sidebar of each. */
const groups: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Begin: {
    'get-started': 'Get started',
    'declare-an-app': 'Declare an app',
    apps: 'From a command to an entry',
    'coming-from': 'Coming from PM2, systemd, …'
  },
  'By task': {
    'launch-and-wait': 'Launch and wait',
    'watch-and-resume': 'Watch and resume',
    'stop-for-sure': 'Stop for sure'
  },
  Use: {
    'command-line': 'The command line',
    client: 'The TypeScript client',
    python: 'Python',
    sdk: 'Generated clients',
    'sdk/go': 'Go',
    'sdk/java': 'Java',
    'sdk/python': 'Python, generated',
    'sdk/rust': 'Rust',
    'sdk/typescript': 'TypeScript, generated',
    http: 'What all calls have in common',
    events: 'Events',
    reference: 'Reference of the calls'
  },
  Run: {
    operations: 'Run it for long',
    observability: 'Observability',
    deployment: 'Deployment',
    configuration: 'Configuration',
    access: 'Who can use it',
    security: 'Security',
    performance: 'Performance'
  },
  'When something is wrong': { troubleshooting: 'Troubleshooting', faq: 'Questions and answers' },
  Understand: {
    glossary: 'Glossary',
    architecture: 'Architecture',
    'decisions/index': 'Decisions',
    'weft-appd': 'What weft-appd is'
  },
  'Take part': { contributing: 'Contributing', changelog: 'Changelog' }
}

/** Made at each build. */
export const generated = ['reference.md', 'decisions/index.md']

/** The pages of the site, by the file of the repository that has their text. */
export function pagesByFile(): ReadonlyMap<string, string> {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.md')
  )
  const top = ['ARCHITECTURE', 'SECURITY', 'CONTRIBUTING', 'CHANGELOG']
  return new Map([
    ...docs.map(file => [`docs/${file}`, file] as const),
    ...top.map(name => [`${name}.md`, `${name.toLowerCase()}.md`] as const)
  ])
}

interface Item {
  readonly text: string
  readonly link: string
}

/** A page that no group names comes at the end, so that none is out of reach. */
export function sidebar(): { text: string; items: Item[] }[] {
  const left = new Set([...pagesByFile().values(), ...generated])
  left.delete('index.md')
  const listed = Object.entries(groups).map(([text, names]) => ({
    text,
    items: Object.entries(names)
      .filter(([page]) => left.delete(`${page}.md`))
      .map(([page, name]) => ({ text: name, link: `/${page.replace(/index$/, '')}` }))
  }))
  const others = [...left].filter(page => !page.startsWith('decisions/')).map(page => page.replace('.md', ''))
  if (others.length > 0) listed.push({ text: 'More', items: others.map(page => ({ text: page, link: `/${page}` })) })
  return listed
}
