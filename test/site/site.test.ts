import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { pagesByFile, root, sidebar } from '../../scripts/site/pages.ts'
import { skipWithout } from '../skip-without.ts'

const site = join(root, 'scripts/site')

/** The HTML of each page, by its path on the site. VitePress fails on a link to a page that does not exist. */
async function buildSite(t: Test): Promise<ReadonlyMap<string, string>> {
  const child = spawn(process.execPath, [join(site, 'main.ts'), 'build'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  const output = await Promise.all([text(child.stdout), text(child.stderr)])
  t.same(await exited, [0, null], output.join(''))
  const files = (await readdir(join(site, 'dist'), { recursive: true })).filter(file => file.endsWith('.html'))
  return new Map(
    await Promise.all(files.map(async file => [file, await readFile(join(site, 'dist', file), 'utf8')] as const))
  )
}

/** The place of each link within the site: the page and the anchor. */
function linksOf(page: string, html: string): { page: string; anchor: string }[] {
  return [...html.matchAll(/<a [^>]*href="([^":]*?)(?:#([^"]*))?"/g)].map(([, path = '', anchor = '']) => {
    const target = path === '' ? page : relative('/', join('/', path.startsWith('/') ? '' : dirname(page), path))
    return { page: path.endsWith('/') ? join(target, 'index.html') : target, anchor: decodeURIComponent(anchor) }
  })
}

t.test(
  'the documents build as a site without dead links or anchors',
  skipWithout('vitepress', join(site, 'x')),
  async t => {
    const pages = await buildSite(t)
    for (const page of pagesByFile().values()) t.ok(pages.has(page.replace('.md', '.html')), page)
    for (const [page, html] of pages) {
      for (const link of linksOf(page, html).filter(link => link.anchor !== '')) {
        t.match(pages.get(link.page), `id="${link.anchor}"`, `${page} links to ${link.page}#${link.anchor}`)
      }
    }
    t.match(pages.get('reference.html'), 'id="post-sessions"')
    for (const { link } of sidebar().flatMap(({ items }) => items)) {
      t.ok(pages.has(link.endsWith('/') ? `${link.slice(1)}index.html` : `${link.slice(1)}.html`), link)
    }
  }
)
