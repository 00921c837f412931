import t from 'tap'
import { run, testProgram } from './program.ts'

/* Programs that say by themselves when they are ready, through sd_notify(3). */

testProgram(t, 'redis-notify', {
  needs: ['redis-server', 'redis-cli'],
  use: async (t, { port }) => t.match((await run('redis-cli', ['-p', String(port), 'ping'])).stdout, 'PONG')
})

testProgram(t, 'haproxy-notify', {
  needs: ['haproxy'],
  use: async (t, { url }) => t.match(await (await fetch(url)).text(), 'haproxy')
})
