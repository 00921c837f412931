import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { build, temporaryFolder } from '../helper.ts'

const root = join(import.meta.dirname, '../..')

t.test('the examples of docs/client.md run', async t => {
  const folder = await temporaryFolder(t)
  const demo = (name: string) => ({ command: [process.execPath, join(root, `examples/${name}.mjs`)] })
  const fastify = await build(t, { apps: { 'demo.clock': demo('clock'), 'demo.crash': demo('crash') } })
  const url = await fastify.listen({ port: 0 })
  const page = await readFile(join(root, 'docs/client.md'), 'utf8')
  const examples = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
  const wanted = [
    /^running .*stdout READY.*\n1 demo.clock terminated\n$/s,
    /^running 201 \/sessions\/2 true\n$/,
    /^3 \[/,
    /^0 sessions.*Launched 4\nAppReady 4\n$/s,
    /^connecting\nlive\n.*5 running\n$/s
  ]
  t.equal(examples.length, wanted.length)
  for (const [index, code] of examples.entries()) {
    const file = join(folder, `example-${index}.ts`)
    const here = code
      .replace("'weft-gateway/client'", JSON.stringify(join(root, 'clients/typescript/src/client.ts')))
      .replace('http://127.0.0.1:7410', url)
    await writeFile(file, here)
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'], env: {} })
    const exited = once(child, 'exit')
    t.match(await text(child.stdout), wanted[index], `example ${index + 1}`)
    t.same(await exited, [0, null])
    for (const { id } of fastify.registry.live) await fastify.inject({ method: 'DELETE', url: `/sessions/${id}` })
  }
})
