import { EventEmitter, once } from 'node:events'
import t from 'tap'
import { tryKill } from '../gateway-process.ts'
import { build } from '../helper.ts'

t.test('a supervisor that is lost again and again is started after longer and longer pauses', async t => {
  const log = new EventEmitter()
  const times = { attached: [] as number[], lost: [] as number[] }
  const stream = {
    write(line: string) {
      const { msg, supervisorPid } = JSON.parse(line)
      if (msg === 'supervisor lost') times.lost.push(performance.now())
      if (msg !== 'supervisor attached') return
      times.attached.push(performance.now())
      log.emit('attached', supervisorPid)
    }
  }
  const fastify = await build(t, { apps: {}, logger: { level: 'info', stream } })
  tryKill(fastify.supervisor.welcome?.pid as number)
  for (let losses = 1; losses < 5; losses++) {
    const [pid] = await once(log, 'attached')
    tryKill(pid)
  }
  await once(log, 'attached')
  const lives = times.lost.map((time, index) => time - (times.attached[index] as number))
  const pauses = times.lost.map((time, index) => (times.attached[index + 1] as number) - time)
  t.equal(pauses.length, 5)
  // One that has lived for a second begins with no pause.
  if (lives.every(life => life < 1_000)) t.ok((pauses[4] as number) >= 400, pauses.join(' '))
})
