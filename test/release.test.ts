import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import packageJson from '../package.json' with { type: 'json' }
import { changelogProblems } from '../scripts/release/changelog.ts'
import { treeProblems } from '../scripts/release/tree.ts'
import { otherVersions } from '../scripts/release/versions.ts'
import { temporaryFolder } from './helper.ts'
import { run } from './outside-tap.ts'

const root = join(import.meta.dirname, '..')
const { version } = packageJson

const files = [
  ...['package.json', 'package-lock.json', 'openapi.yaml', 'openapi.json', 'openapi-3.0.yaml', 'asyncapi.yaml'],
  ...['clients/typescript/package.json', 'clients/python/src/weft_gateway/_version.py', 'man/weft-gateway.1']
]

const release = (...args: string[]) => run(process.execPath, ['scripts/release/main.ts', ...args], root)

t.setTimeout(300_000)

t.test('all files have the version of package.json', async t => t.same(await otherVersions(root), []))

t.test('another version is found in each place', async t => {
  for (const file of files.slice(1)) {
    const folder = await copyOf(t, files)
    await replace(join(folder, file), version, '9.9.9')
    t.same(await otherVersions(folder), [`${file} has 9.9.9, package.json ${version}`])
  }
})

t.test('the changelog needs a section of the version with lines in it, and none that are unreleased', async t => {
  const folder = await copyOf(t, ['package.json'])
  const problems = async (changelog: string) => {
    await writeFile(join(folder, 'CHANGELOG.md'), changelog)
    return await changelogProblems(folder)
  }
  t.same(await problems(`# Changelog\n\n## Unreleased\n\n## ${version} (2026-01-02)\n\n- a line\n`), [])
  t.same(await problems(`# Changelog\n\n## ${version}\n\n- a line\n`), [])
  t.match(await problems('# Changelog\n\n## 0.0.9\n\n- a line\n'), [/has no section "## /])
  t.match(await problems(`# Changelog\n\n## ${version}\n\n## 0.0.9\n\n- a line\n`), [/is empty$/])
  t.match(await problems(`## Unreleased\n\n- a line\n\n## ${version}\n\n- a line\n`), [/^"## Unreleased"/])
})

t.test('what is not committed is named, and a version that is released', async t => {
  const folder = await copyOf(t, ['package.json'])
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder })
  await git('init', '--quiet')
  t.same(await treeProblems(folder), ['not committed: package.json'])
  await git('add', '.')
  await git('commit', '--quiet', '--message', 'one')
  t.same(await treeProblems(folder), [])
  await git('tag', `v${version}`)
  t.same(await treeProblems(folder), [`the tag v${version} exists: this version is released`])
})

t.test('npm run release -- --help names the checks; one that there is not is a mistake', async t => {
  const { stdout } = await release('--help')
  for (const name of ['versions', 'changelog', 'tree', 'contract', 'packs', 'smoke', 'wheel']) {
    t.match(stdout, new RegExp(`^  ${name} `, 'm'))
  }
  await t.rejects(release('smok'), { code: 64, stderr: /there is no check smok/ })
})

t.test('the packages are the same twice, and run where they are installed', async t => {
  const { stdout } = await release('versions', 'packs', 'smoke')
  t.match(stdout, /^ok {3}versions .*\nok {3}packs .*\nok {3}smoke .*\n$/)
})

/** Some files of the project in a folder of their own. */
async function copyOf(t: Test, names: readonly string[]): Promise<string> {
  const folder = await temporaryFolder(t)
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await copyFile(join(root, name), join(folder, name))
  }
  return folder
}

async function replace(file: string, from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to))
}
