import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { launch, stop, withGateway } from './gateway.ts'
import { median, print, summary } from './stats.ts'

/*
 * From POST to running and from DELETE to stopped, over HTTP, with both spawners, compared with the least that Node needs:
 * child_process.spawn in this process and a look at the first line. Times in ms.
 */

const rounds = 3
const launches = 100
const atATime = 16
const command = ['/bin/sh', '-c', 'echo READY; exec sleep 600']

const times: Record<string, number[]> = {}
const add = (name: string, value: number) => {
  times[name] ??= []
  times[name].push(value)
}

for (let round = 0; round < rounds; round++) {
  await bare()
  for (const spawner of ['posix-spawn', 'child-process']) await throughGateway(spawner)
}

const baseline = median(times['bare spawn: first line'] ?? [])
for (const [name, values] of Object.entries(times)) {
  const isRate = name.endsWith('/s')
  print(name, `${summary(values)}${isRate ? '' : `, ${(median(values) / baseline).toFixed(2)} × bare spawn`}`)
}

async function bare(): Promise<void> {
  for (let i = 0; i < launches; i++) {
    const start = performance.now()
    const [program = '', ...args] = command
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    await once(child.stdout, 'data')
    add('bare spawn: first line', performance.now() - start)
    const killed = performance.now()
    child.kill('SIGKILL')
    await once(child, 'exit')
    add('bare spawn: kill to exit', performance.now() - killed)
  }
}

async function throughGateway(spawner: string): Promise<void> {
  const settings = { server: { spawner }, limits: { maxStarting: 1_000 }, apps: { sleep: { command } } }
  await withGateway(settings, async (_gateway, url) => {
    for (let i = 0; i < launches; i++) {
      const start = performance.now()
      const { id } = await launch(url, 'sleep')
      add(`${spawner}: POST to running`, performance.now() - start)
      const stopping = performance.now()
      await stop(url, id)
      add(`${spawner}: DELETE to stopped`, performance.now() - stopping)
    }
    const start = performance.now()
    let left = launches * 3
    const ids: number[] = []
    const worker = async () => {
      while (left-- > 0) ids.push((await launch(url, 'sleep')).id)
    }
    await Promise.all(Array.from({ length: atATime }, worker))
    add(`${spawner}: ${atATime} at a time, launches/s`, (ids.length * 1000) / (performance.now() - start))
    await Promise.all(ids.map(id => stop(url, id)))
  })
}
