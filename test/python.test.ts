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

/** Of a user whose type checker is strict. */
const program = `
from collections.abc import Sequence
from weft_gateway import AsyncGateway, Gateway, GatewayError, LogLine, Session

def use(gateway: Gateway) -> Sequence[LogLine]:
    session: Session = gateway.launch("demo.clock", labels={"team": "a"}, wait=1)
    try:
        with gateway.run("demo.clock") as clock, gateway.events(session_id=clock.id) as events:
            return [*clock.logs(), *clock.follow_logs()] if next(events).session == session else []
    except GatewayError:
        return gateway.log_lines(session.id).items

async def use_async(gateway: AsyncGateway) -> list[Session]:
    async with gateway.run("demo.clock") as clock:
        async for line in clock.follow_logs():
            print(line.line, line.time.isoformat())
    return [session async for session in gateway.sessions(state="running")]
`

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
    const checked = (program: string) =>
      tool('mypy', '--strict', '--config-file=', '--python-executable', python, '-c', program)
    t.match(await checked(program), 'Success')
    await t.rejects(checked(program.replace('wait=1', 'wait="1"')), /incompatible type "str"/, 'its types are known')
  })
})
