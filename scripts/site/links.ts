import { existsSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { root } from './pages.ts'

const repository = 'https://github.com/weft-gateway/weft-gateway/blob/main/'

/** Files that the site has beside its pages. */
export const downloads = ['openapi.yaml', 'openapi-3.0.yaml', 'asyncapi.yaml']

/**
 * The text of a page with its relative links as they are on the site: to another page, to a download, or to the file in the
 * repository. Links that lead nowhere stay as they are, for VitePress to report.
 */
export function linksOfSite(text: string, file: string, pages: ReadonlyMap<string, string>): string {
  return outsideCode(text, part =>
    part.replaceAll(/\]\((?![a-z]+:|#|\/)([^)\s#]+)(#[^)\s]*)?\)/g, (whole, path: string, anchor = '') => {
      const target = posix.normalize(posix.join(dirname(file), path))
      const page = pages.get(target) ?? (target === 'docs/decisions' ? 'decisions/index.md' : undefined)
      if (page) return `](/${page}${anchor})`
      if (downloads.includes(target)) return `](/${target})`
      return existsSync(join(root, target)) ? `](${repository}${target}${anchor})` : whole
    })
  )
}

/** Code is copied from pages, so nothing in it may change. */
function outsideCode(text: string, change: (part: string) => string): string {
  return text
    .split(/(^```.*?^```$|`[^`\n]+`(?!\]))/ms)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('')
}
