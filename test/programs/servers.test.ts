import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { type ProgramCase, type Running, run, testProgram } from './program.ts'

const answers = async ({ url }: Running, path = '/') =>
  await (await fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) })).text()

/** A server that says its own name. */
const says = (needs: readonly string[], text: string | RegExp): ProgramCase => ({
  needs,
  use: async (t, running) => t.match(await answers(running), text)
})

/** A server that says its own name, and what its source says after a change. */
const reloads = (name: string, source: string): ProgramCase => ({
  needs: [name],
  use: async (t, running) => {
    t.equal(await answers(running), name)
    const file = join(running.folder, source)
    const changed = (await readFile(file, 'utf8')).replace(`b"${name}"`, 'b"changed"')
    t.ok(await becomes(running, 'changed', () => writeFile(file, changed)), 'it has reloaded its source')
  }
})

const servers: Readonly<Record<string, ProgramCase>> = {
  nginx: says(['nginx'], 'Index of /'),
  'nginx-daemon': says(['nginx'], 'Index of /'),
  haproxy: {
    ...says(['haproxy'], 'haproxy'),
    after: (t, _, { signalsSent, exitCode }) => {
      t.same(signalsSent, ['SIGUSR1'], 'its soft stop ends it')
      t.equal(exitCode, 0)
    }
  },
  java: says(['java'], 'java'),
  gunicorn: reloads('gunicorn', 'wsgi.py'),
  uvicorn: reloads('uvicorn', 'asgi.py'),
  prometheus: {
    needs: ['prometheus'],
    use: async (t, running) => t.match(await answers(running, '/api/v1/query?query=1%2B1'), /"2"/)
  },
  git: {
    needs: ['git'],
    prepare: async folder => {
      const identity = ['-c', 'user.name=t', '-c', 'user.email=t@localhost']
      await run('git', ['init', '-q', join(folder, 'repository')])
      await run('git', [...identity, 'commit', '-qm', 'first', '--allow-empty'], { cwd: join(folder, 'repository') })
    },
    use: async (t, { folder, port }) => {
      const copy = join(folder, 'copy')
      await run('git', ['clone', '-q', `git://127.0.0.1:${port}/repository`, copy])
      t.match((await run('git', ['log', '--format=%s'], { cwd: copy })).stdout, 'first')
    }
  }
}

for (const [appId, program] of Object.entries(servers)) testProgram(t, appId, program)

/** Makes a change again until it shows: a reloader does not see one that comes before its first look. */
async function becomes(running: Running, text: string, change: () => Promise<void>): Promise<boolean> {
  for (;;) {
    await change()
    for (let polls = 0; polls < 40; polls++) {
      // While the server reloads, it may refuse a connection.
      if ((await answers(running).catch(() => '')) === text) return true
      await delay(100)
    }
  }
}
