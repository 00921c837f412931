import { join } from 'node:path'
import t from 'tap'
import { type ProgramCase, type Running, run, testProgram } from './program.ts'

const answers = async ({ url }: Running, path = '/') => await (await fetch(`${url}${path}`)).text()

/** A server that says its own name. */
const says = (needs: readonly string[], text: string | RegExp): ProgramCase => ({
  needs,
  use: async (t, running) => t.match(await answers(running), text)
})

const nginx = {
  ...says(['nginx'], 'Index of /'),
  gone: ({ folder, port }: Running) => [join(folder, `nginx-${port}.pid`)]
}

const servers: Readonly<Record<string, ProgramCase>> = {
  nginx,
  'nginx-daemon': nginx,
  haproxy: says(['haproxy'], 'haproxy'),
  java: says(['java'], 'java'),
  npm: says(['npm'], 'npm'),
  gunicorn: says(['gunicorn'], 'gunicorn'),
  uvicorn: says(['uvicorn'], 'uvicorn'),
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
