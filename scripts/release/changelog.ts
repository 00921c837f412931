import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { versionOf } from './versions.ts'

/** What is wrong with CHANGELOG.md for the version of package.json. */
export async function changelogProblems(root: string): Promise<string[]> {
  const version = await versionOf(root)
  const sections = sectionsOf(await readFile(join(root, 'CHANGELOG.md'), 'utf8'))
  const section = sections.get(version)
  return [
    ...(section === undefined ? [`CHANGELOG.md has no section "## ${version}"`] : []),
    ...(section === '' ? [`the section "## ${version}" of CHANGELOG.md is empty`] : []),
    ...(sections.get('Unreleased') ? [`"## Unreleased" of CHANGELOG.md has lines, which belong to a version`] : [])
  ]
}

/** The text of each section, by its heading without a date. */
function sectionsOf(changelog: string): Map<string, string> {
  const parts = changelog.split(/^## /m).slice(1)
  return new Map(
    parts.map(part => {
      const [heading = '', ...lines] = part.split('\n')
      return [heading.replace(/ \(.*\)$/, '').trim(), lines.join('\n').trim()]
    })
  )
}
