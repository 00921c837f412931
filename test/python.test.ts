import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { temporaryFolder } from './helper.ts'

const folder = join(import.meta.dirname, '../clients/python')
const environment = join(folder, '.venv')
const isMissing = !process.env.CI && !existsSync(join(environment, 'complete'))
const options = isMissing ? { skip: 'the tools of clients/python are not installed (npm run tools)' } : {}

t.setTimeout(600_000)

/** @returns what it says; rejects if it fails. In the environment of a user, without that of tap. */
async function run(file: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, WEFT_TEST_NODE: process.execPath }
  const sent = { cwd: folder, env: { ...env, PYTHONPATH: 'src', PYTHONDONTWRITEBYTECODE: '1' }, timeout: 480_000 }
  const { stdout, stderr } = await promisify(execFile)(file, args, sent).catch(error => {
    throw new Error(`${file} ${args.join(' ')}: ${error.message}\n${error.stdout}`)
  })
  return stdout + stderr
}

const tool = (name: string, ...args: string[]) => run(join(environment, 'bin/python'), '-m', name, ...args)

t.test('the client for Python', options, async t => {
  t.test('is well typed and formatted', async () => {
    await tool('mypy')
    await tool('ruff', 'check', '--no-cache', '.')
    await tool('ruff', 'format', '--no-cache', '--check', '.')
  })

  t.test('drives a gateway', async t => t.match(await tool('pytest', '-q', '-p', 'no:cacheprovider'), / passed/))

  t.test('makes a wheel and an sdist, and is imported from the wheel', async t => {
    const output = await temporaryFolder(t)
    await tool('build', '--no-isolation', '--outdir', output)
    const [wheel = '', sdist = ''] = (await readdir(output)).sort()
    t.match(wheel, /\.whl$/)
    t.match(sdist, /\.tar\.gz$/)
    const fresh = join(output, 'fresh')
    await run('python3', '-m', 'venv', '--without-pip', fresh)
    const python = join(fresh, 'bin/python')
    const target = (await run(python, '-c', 'import sysconfig; print(sysconfig.get_path("purelib"))')).trim()
    await tool('pip', 'install', '--quiet', '--target', target, join(output, wheel))
    const code = 'import weft_gateway; print(weft_gateway.__file__, weft_gateway.Gateway().launch.__name__)'
    t.match(await run(python, '-I', '-c', code), new RegExp(`^${fresh}.* launch\n`))
  })
})
