import { changelogProblems } from './changelog.ts'
import type { Check } from './check.ts'
import { driftedFiles } from './contract.ts'
import { changingPacks } from './packs.ts'
import { smokeProblems } from './smoke.ts'
import { treeProblems } from './tree.ts'
import { otherVersions } from './versions.ts'
import { wheelProblems } from './wheel.ts'

/** The quick ones first. */
export function checksOf(root: string): readonly Check[] {
  return [
    { name: 'versions', holds: 'all files have the version of package.json', run: () => otherVersions(root) },
    {
      name: 'changelog',
      holds: 'CHANGELOG.md has the version, and nothing unreleased',
      run: () => changelogProblems(root)
    },
    { name: 'tree', holds: 'all is committed, and the version has no tag yet', run: () => treeProblems(root) },
    { name: 'contract', holds: 'the contract is what the routes give', run: () => driftedFiles(root) },
    { name: 'packs', holds: 'npm pack makes the same bytes twice', run: () => changingPacks(root) },
    { name: 'smoke', holds: 'the package installs, starts, launches and stops', run: () => smokeProblems(root) },
    { name: 'wheel', holds: 'the wheel and the sdist for Python have the version', run: () => wheelProblems(root) }
  ]
}
