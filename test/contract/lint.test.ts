import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import t from 'tap'
import { skipWithout } from '../skip-without.ts'

const root = join(import.meta.dirname, '../..')
const tools = createRequire(new URL('tools/asyncapi.ts', import.meta.url))
const skip = skipWithout('@redocly/cli', tools.resolve('./asyncapi.ts'))

/** `npx redocly lint`, without a word to its makers. */
async function lint(file: string): Promise<string> {
  const cli = join(dirname(tools.resolve('@redocly/cli/package.json')), 'bin/cli.js')
  const env = { PATH: process.env.PATH ?? '', REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  return await new Promise(resolve => {
    execFile(process.execPath, [cli, 'lint', file, '--format=stylish'], { cwd: root, env }, (error, stdout, stderr) => {
      resolve(error ? `${stdout}${stderr}` : 'valid')
    })
  })
}

for (const file of ['openapi.yaml', 'openapi-3.0.yaml']) {
  t.test(`${file} keeps the rules of redocly.yaml`, skip, async t => {
    t.equal(await lint(file), 'valid')
  })
}
