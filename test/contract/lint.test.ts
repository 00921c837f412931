import { execFile } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '../..')

/** `npx redocly lint`, without a word to its makers. */
async function lint(file: string): Promise<string> {
  const cli = join(root, 'node_modules/@redocly/cli/bin/cli.js')
  const env = { PATH: process.env.PATH ?? '', REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  return await new Promise(resolve => {
    execFile(process.execPath, [cli, 'lint', file, '--format=stylish'], { cwd: root, env }, (error, stdout, stderr) => {
      resolve(error ? `${stdout}${stderr}` : 'valid')
    })
  })
}

for (const file of ['openapi.yaml', 'openapi-3.0.yaml']) {
  t.test(`${file} keeps the rules of redocly.yaml`, async t => {
    t.equal(await lint(file), 'valid')
  })
}
