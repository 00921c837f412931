import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { type ProgramCase, run, testProgram } from './program.ts'
import { ask } from './web-socket.ts'

const ulimits = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024']
const site = join(import.meta.dirname, '../../scripts/site/node_modules')

const workbenches: Readonly<Record<string, ProgramCase>> = {
  jupyter: {
    needs: ['jupyter-server'],
    use: async (t, { session }) => {
      const { origin, host, searchParams } = new URL(String(session.ready?.url))
      const token = searchParams.get('token')
      const headers = { authorization: `token ${token}` }
      const answer = await fetch(`${origin}/api/kernels`, { method: 'POST', body: '{}', headers })
      const { id } = (await answer.json()) as { id: string }
      const printed = await ask(
        `ws://${host}/api/kernels/${id}/channels?session_id=1&token=${token}`,
        execute('print(6 * 7)'),
        ({ msg_type, content }) => (msg_type === 'stream' ? (content as { text: string }).text : undefined)
      )
      t.equal(printed, '42\n', 'a kernel computes')
    }
  },
  chromium: {
    needs: ['chromium'],
    use: async (t, { session }) => {
      const url = new URL(String(session.ready?.devtoolsUrl))
      const pages = (await (await fetch(`http://${url.host}/json/list`)).json()) as { webSocketDebuggerUrl: string }[]
      const evaluate = { id: 1, method: 'Runtime.evaluate', params: { expression: '6 * 7' } }
      const answer = await ask(pages[0]?.webSocketDebuggerUrl ?? '', evaluate, ({ id, result }) =>
        id === 1 ? result : undefined
      )
      t.match(answer, { result: { value: 42 } }, 'its page computes')
    }
  },
  rpc: {
    needs: [],
    use: async (t, { session, log }) => {
      const request = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
      await writeFile(`/proc/${session.pid}/fd/0`, `${JSON.stringify(request)}\n`)
      await logged(log, '{"jsonrpc":"2.0","id":1,"result":"tools/list"}')
      t.pass('it answers')
    }
  },
  vite: {
    needs: ['npm'],
    prepare: async folder => {
      await mkdir(join(folder, 'vite/node_modules/.bin'), { recursive: true })
      await symlink(join(site, 'vite'), join(folder, 'vite/node_modules/vite'))
      await symlink('../vite/bin/vite.js', join(folder, 'vite/node_modules/.bin/vite'))
    },
    use: async (t, { url }) => {
      const read = async (path: string) => await (await fetch(`${url}${path}`)).text()
      t.match(await read('/'), '/@vite/client')
      t.match(await read('/main.ts'), /const greeting = "vite"/, 'TypeScript is compiled')
    }
  },
  podman: {
    needs: ['podman', 'busybox'],
    prepare: makeRoot,
    obstacle: async folder => {
      const args = ['run', '--rm', ...ulimits, '--network=host', '--rootfs', join(folder, 'rootfs'), '/busybox', 'true']
      const failure = await run('podman', args, { timeout: 60_000 }).catch(error => error as { stderr: string })
      return failure.stderr === '' ? undefined : `podman can't run here: ${failure.stderr.trim()}`
    },
    use: async (t, { url }) => t.equal(await (await fetch(`${url}/hello.txt`)).text(), 'hello\n'),
    after: async t => t.equal((await run('podman', ['ps', '--all', '--quiet'])).stdout, '', 'the container is removed')
  }
}

for (const [appId, program] of Object.entries(workbenches)) testProgram(t, appId, program)

function execute(code: string) {
  const header = { msg_id: '1', msg_type: 'execute_request', session: '1', username: '', version: '5.3', date: '' }
  return { channel: 'shell', header, parent_header: {}, metadata: {}, content: { code, silent: false } }
}

/** Resolves when the session has written a text. */
async function logged(log: () => Promise<string>, text: string): Promise<void> {
  while (!(await log()).includes(text)) await delay(20)
}

/** The root file system of a container: one static program, and a file for it to serve. */
async function makeRoot(folder: string): Promise<void> {
  const root = join(folder, 'rootfs')
  await mkdir(root)
  await run('sh', ['-c', 'cp "$(command -v busybox)" "$0"/busybox', root])
  await writeFile(join(root, 'hello.txt'), 'hello\n')
}
