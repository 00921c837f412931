import { statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config/load.ts'
import { buildFrom, launch, temporaryFolder, until } from '../helper.ts'
import { examplesIn, type ProgramCase, run, testProgram, unlessMissing } from './program.ts'

const isAlive = (pid: number) => statSync(`/proc/${pid}`, { throwIfNoEntry: false }) !== undefined

const trees: Readonly<Record<string, ProgramCase>> = {
  sshd: {
    needs: ['sshd', 'ssh', 'ssh-keygen'],
    prepare: async folder => {
      await run('ssh-keygen', ['-qt', 'ed25519', '-N', '', '-f', join(folder, 'key')])
      await run('cp', [join(folder, 'key.pub'), join(folder, 'authorized_keys')])
    },
    use: async (t, { folder, port }) => {
      const options = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'BatchMode=yes']
      const args = ['-F', '/dev/null', ...options, '-i', join(folder, 'key'), '-p', `${port}`, '127.0.0.1']
      const { stdout } = await run('ssh', [...args, 'cd /; setsid sleep 4711 </dev/null >/dev/null 2>&1 & echo $!'])
      t.ok(isAlive(Number(stdout)), 'what a login left behind runs on')
    }
  },
  pool: {
    needs: ['python3'],
    use: async (t, { session }) => {
      const workers = String(session.ready?.pids).split(' ').map(Number)
      t.equal(workers.length, 3)
      t.ok(workers.every(isAlive))
    }
  },
  tmux: {
    needs: ['tmux'],
    use: async (t, { session, folder }) => {
      const tmux = (...args: string[]) => run('tmux', ['-S', join(folder, `tmux-${session.id}.sock`), ...args])
      await tmux('new-window', '-d', '-n', 'work', 'sleep 4712')
      t.match((await tmux('list-windows', '-F', '#W')).stdout, 'work')
    }
  }
}

for (const [appId, program] of Object.entries(trees)) testProgram(t, appId, program)

t.test('ffmpeg does its work as a job, which is completed', unlessMissing(['ffmpeg']), async t => {
  const folder = await examplesIn(t)
  const flags = { config: join(folder, 'catalogue.toml'), 'state-dir': await temporaryFolder(t) }
  const fastify = await buildFrom(t, loadConfig({ flags, env: {}, cwd: '/' }))
  const { id } = await launch(fastify, 'ffmpeg')
  t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'completed', exitCode: 0 } })
  t.ok(statSync(join(folder, `film-${id}.gif`)).size > 1_000)
})
