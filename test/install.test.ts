import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { olderNode, run } from './outside-tap.ts'

const root = join(import.meta.dirname, '..')

/** What `npm ci` in a clone may take. What is for tests, documents and SDKs alone has folders of its own. */
const limits = { packages: 200, mebibytes: 300 }

t.test('npm ci installs few packages, and no headers of Node', async t => {
  const { packages } = JSON.parse(await readFile(join(root, 'node_modules/.package-lock.json'), 'utf8'))
  t.ok(Object.keys(packages).length <= limits.packages, `${Object.keys(packages).length} packages`)
  const { stdout } = await run('du', ['-sk', 'node_modules/'], root)
  t.ok(Number.parseInt(stdout, 10) <= limits.mebibytes * 1_024, stdout)
})

const older = await olderNode()

t.test('on an older Node it warns of nothing but that', { skip: !older && 'this machine has none' }, async t => {
  const path = `PATH=${dirname(String(older))}:/usr/bin:/bin`
  const { stderr } = await run(path, ['npm', 'ci', '--dry-run', '--offline', '--no-audit', '--no-fund'], root)
  t.same(
    [...stderr.matchAll(/package: '(.+)@/g)].map(([, name]) => name),
    ['weft-gateway']
  )
  t.notMatch(stderr, 'deprecated')
})

t.test('the lock files name the packages of all platforms, without which npm ci refuses them', async t => {
  for (const folder of ['.', 'test', 'test/contract/tools', 'test/sdk', 'test/browser', 'scripts/site']) {
    const { packages } = JSON.parse(await readFile(join(root, folder, 'package-lock.json'), 'utf8'))
    const wanted = Object.entries<Locked>(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map(name => [`${path}/node_modules/${name}`, `node_modules/${name}`])
    )
    t.same(
      wanted.filter(paths => !paths.some(path => path in packages)),
      [],
      folder
    )
  }
})

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
