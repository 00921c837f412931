import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build as bundled } from 'esbuild'
import t from 'tap'
import clientPackage from '../../clients/typescript/package.json' with { type: 'json' }
import gatewayPackage from '../../package.json' with { type: 'json' }
import { launchChromium, skip } from '../browser/chromium.ts'
import { build, shell, temporaryFolder } from '../helper.ts'
import { olderNode, run } from '../outside-tap.ts'

const root = join(import.meta.dirname, '../..')
const source = join(root, 'clients/typescript')

const largestBytes = 100_000

t.setTimeout(180_000)

t.test('the package @weft-gateway/client', async t => {
  const folder = await temporaryFolder(t)
  const packed = await pack(folder)
  await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}')
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', packed.tarball], folder)

  t.test('takes 100 kB at most, depends on nothing, and has the version of the gateway', async t => {
    t.ok(packed.bytes <= largestBytes, `${packed.bytes} bytes`)
    t.equal(clientPackage.version, gatewayPackage.version)
    t.notOk('dependencies' in clientPackage)
    for (const file of ['LICENSE', 'README.md', 'package.json']) t.ok(packed.files.includes(file), file)
    t.same(
      packed.files.filter(
        file => !/^(LICENSE|README\.md|package\.json|dist\/client\.js|dist\/[a-z-]+\.d\.ts)$/.test(file)
      ),
      []
    )
  })

  t.test('is the same, byte for byte, when it is made again', async t => {
    const again = await pack(await temporaryFolder(t))
    t.ok((await readFile(again.tarball)).equals(await readFile(packed.tarball)))
  })

  t.test('is what weft-gateway/client is', async t => {
    const inGateway = await run('node', ['scripts/build/build.ts', '--if-needed'], root).then(() =>
      readFile(join(root, 'dist/client/client.js'))
    )
    t.ok(inGateway.equals(await readFile(join(folder, 'node_modules/@weft-gateway/client/dist/client.js'))))
  })

  const older = await olderNode()
  for (const [name, node] of [
    ['this Node', process.execPath],
    ['an older Node', older]
  ] as const) {
    t.test(`does what its README shows, on ${name}`, { skip: !node && 'this machine has none' }, async t => {
      const fastify = await build(t, {
        apps: { 'demo.clock': { command: [process.execPath, join(root, 'examples/clock.mjs')] } }
      })
      const url = await fastify.listen({ port: 0 })
      const [, example = ''] = /```js\n(.*?)```/s.exec(await readFile(join(source, 'README.md'), 'utf8')) ?? []
      await writeFile(join(folder, 'example.js'), example.replace('http://127.0.0.1:7410', url))
      const { stdout, stderr } = await run(String(node), ['example.js'], folder)
      t.match(stdout, /^running \{ greeting: 'tick' \}\nstdout READY.*\nterminated\n$/)
      t.equal(stderr, '')
    })
  }

  t.test('is bundled for browsers, and launches and stops from a page', skip, async t => {
    const fastify = await build(t, { apps: { steady: shell('echo READY; exec sleep 600') } })
    // From the gateway's own page that may connect to it.
    const url = await fastify.listen({ port: 0 })
    await writeFile(join(folder, 'page.js'), page)
    const bundle = await bundled({ ...{ entryPoints: [join(folder, 'page.js')], bundle: true }, write: false })
    const browserPage = await (await launchChromium(t)).newPage()
    await browserPage.goto(`${url}/docs`)
    const said = await browserPage.evaluate(`${bundle.outputFiles[0]?.text}; window.said`)
    t.equal(said, 'running, Launched AppReady, terminated')
  })

  t.test('has types that hold with --strict, declarations included', async t => {
    await writeFile(join(folder, 'typed.ts'), typed)
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false', '--types', '']
    const libraries = ['--target', 'es2022', '--lib', 'es2022,dom,esnext.disposable']
    for (const modules of ['nodenext', 'bundler']) {
      const resolution = ['--module', modules === 'bundler' ? 'esnext' : modules, '--moduleResolution', modules]
      const args = [tsc, '--ignoreConfig', ...strict, ...libraries, ...resolution, 'typed.ts']
      const errors = await run(process.execPath, args, folder).then(
        ({ stdout }) => stdout,
        ({ stdout }) => stdout
      )
      t.equal(errors, '', modules)
    }
  })
})

const page = `
import { GatewayClient } from '@weft-gateway/client'
window.said = (async () => {
  const gateway = new GatewayClient({ baseUrl: location.origin })
  const { eventCursor } = await gateway.list()
  const session = await gateway.run({ appId: 'steady' })
  const types = []
  for await (const { type } of session.events({ since: eventCursor, transport: 'websocket' })) {
    types.push(type)
    if (type === 'AppReady') break
  }
  const { stop } = await session.stop({ waitMs: 20_000 })
  return [session.session.state, types.filter(type => type !== 'Starting').join(' '), stop.reason].join(', ')
})()
`

const typed = `
import { GatewayClient, isStopped, type LaunchRequest, type Session, type Stats } from '@weft-gateway/client'
const request: LaunchRequest = { appId: 'a', labels: { team: 'b' } }
const gateway = new GatewayClient()
const session: Session = await gateway.launch(request, { waitMs: 1 })
if (isStopped(session)) session.stop.reason satisfies string
if (session.state === 'running') session.port satisfies number | undefined
const stats: Stats = await gateway.stats()
stats.apps[0]?.readyMs.p50 satisfies number | undefined
// @ts-expect-error there is no such option
await gateway.stop(1, { forse: true })
// @ts-expect-error an app must be named
await gateway.launch({})
export {}
`

interface Packed {
  readonly tarball: string
  readonly bytes: number
  readonly files: readonly string[]
}

/** Into `folder`. */
async function pack(folder: string): Promise<Packed> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], source)
  const [{ filename, unpackedSize, files }] = JSON.parse(stdout)
  return {
    tarball: join(folder, filename),
    bytes: unpackedSize,
    files: files.map(({ path }: { path: string }) => path)
  }
}
