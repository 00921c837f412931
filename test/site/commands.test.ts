import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { pagesByFile, root } from '../../scripts/site/pages.ts'
import { temporaryFolder } from '../helper.ts'
import { goesOn, hasInOrder, type Step, stepsOf, withoutValues } from './commands.ts'
import { PageShell } from './page-shell.ts'

/** The blocks that are not run here, by the page and the beginning of their first command, each with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'README.md: npm ci': '.ci/smoke does, and the other commands over HTTP',
  'README.md: npm install': 'test/package.test.ts installs the package',
  'README.md: alias': 'bash has aliases at a prompt only; the path is that of a clone',
  'README.md: curl -N': '.ci/smoke runs all three',
  'README.md: session=': '.ci/smoke compares the answers',
  'CONTRIBUTING.md: npm ci': 'it runs all tests, this one included',
  'docs/performance.md: npm run bench': 'CI runs the benchmarks as a step of its own',
  'docs/access.md: curl -N': 'its token is revoked meanwhile, which test/reload.test.ts does',
  'docs/http.md: curl -i':
    'it is the answer to the second of two launches; test/routes/idempotency.test.ts compares them',
  'docs/deployment.md: ': 'they need root, systemd, proxies or a container engine',
  'docs/observability.md: OTEL_': 'test/telemetry/traces.test.ts exports to a collector',
  'docs/python.md: ': 'the tests of the Python client run them',
  'docs/sdk/': 'the tests of the SDKs run them'
}

/** What happens in another terminal while the first block of a page goes on. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  'docs/events.md': ['demo.clock', 'demo.web', 'demo.web'].map(
    app => `weft-gateway stop "$(weft-gateway launch ${app} --wait --quiet)"`
  )
}

const server = /```js\n(.*?)```/s.exec(readFileSync(join(root, 'docs/get-started.md'), 'utf8'))?.[1] ?? ''

async function folderWith(t: Test, world: 'demos' | 'own app'): Promise<string> {
  const folder = await temporaryFolder(t)
  if (world === 'own app') writeFileSync(join(folder, 'server.js'), server)
  else
    for (const name of ['weft-gateway.toml', 'examples'])
      cpSync(join(root, name), join(folder, name), { recursive: true })
  return folder
}

async function compare(t: Test, shell: PageShell, step: Step): Promise<void> {
  const wanted = step.output.map(withoutValues)
  const what = `line ${step.line}: ${step.command}`
  if (goesOn(step.command)) {
    const output = await shell.goOn(step.command)
    shell.atEnd.push(async () => {
      await output.until(lines => hasInOrder(lines.map(withoutValues), wanted))
      t.pass(what)
    })
    if (step.command.startsWith('weft-gateway serve'))
      await output.until(lines => lines.some(line => line.includes('listens on')))
    else await output.until(lines => lines.length > 0)
    return
  }
  const { lines, code } = await shell.run(step.command)
  // A page shows what matters, and leaves out what a command prints besides.
  if (wanted.length === 0) t.equal(code, 0, `${what}: ${lines.join('\n')}`)
  else t.same(lines.map(withoutValues), wanted, what)
}

for (const file of ['README.md', ...pagesByFile().keys()]) {
  const blocks = stepsOf(readFileSync(join(root, file), 'utf8')).filter(
    ([first]) => !Object.keys(exceptions).some(start => `${file}: ${first?.command}`.startsWith(start))
  )
  if (blocks.length === 0) continue
  t.test(`the commands of ${file} do what the page says`, async t => {
    let shell: PageShell | undefined
    for (const [index, block] of blocks.entries()) {
      const own = block.some(({ command }) => command.startsWith('weft-gateway init'))
      const demosAgain = block.some(({ command }) => command.includes('demo.'))
      if (!shell || own || (demosAgain && shell.world !== 'demos')) {
        const world = own ? 'own app' : 'demos'
        shell = await PageShell.open(t, await folderWith(t, world), world)
      }
      for (const step of block) await compare(t, shell, step)
      if (index === 0) for (const command of elsewhere[file] ?? []) await shell.run(command)
    }
    for (const check of shell?.atEnd ?? []) await check()
  })
}
