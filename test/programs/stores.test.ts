import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { exchange } from './exchange.ts'
import { type ProgramCase, run, testProgram } from './program.ts'

const setAndGet = async (port: number) =>
  await exchange({ port, host: '127.0.0.1' }, 'SET a 42\r\nGET a\r\n', /\$2\r\n42\r\n/)

const stores: Readonly<Record<string, ProgramCase>> = {
  redis: {
    needs: ['redis-server'],
    use: async (t, { port }) => t.match(await setAndGet(port), '+OK')
  },
  'redis-daemon': {
    needs: ['redis-server'],
    use: async (t, { port }) => t.match(await setAndGet(port), '+OK'),
    after: (t, { folder, port }) => t.ok(existsSync(join(folder, `redis-${port}.rdb`)), 'it has saved its data')
  },
  postgres: {
    needs: ['initdb', 'psql'],
    use: async (t, { port }) => {
      const url = `postgresql://postgres@127.0.0.1:${port}/postgres`
      t.equal((await run('psql', ['-At', url, '-c', 'SELECT 1'])).stdout, '1\n')
    },
    after: async (t, { log }) => t.match(await log(), 'database system is shut down')
  },
  memcached: {
    needs: ['memcached'],
    use: async (t, { session, folder }) => {
      const path = join(folder, `memcached-${session.id}.sock`)
      t.match(await exchange({ path }, 'set a 0 0 2\r\n42\r\nget a\r\n', /END\r\n/), '42')
    }
  },
  mosquitto: {
    needs: ['mosquitto', 'mosquitto_pub', 'mosquitto_sub'],
    use: async (t, { port }) => {
      await run('mosquitto_pub', ['-p', `${port}`, '-t', 'a', '-m', '42', '-r'])
      t.equal((await run('mosquitto_sub', ['-p', `${port}`, '-t', 'a', '-C', '1', '-W', '10'])).stdout, '42\n')
    }
  }
}

for (const [appId, program] of Object.entries(stores)) testProgram(t, appId, program)
