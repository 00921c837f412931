import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { launch, stop, withGateway } from './gateway.ts'
import { median, print, summary } from './stats.ts'

/*
 * Does a child that writes as fast as it can delay the AppReady of others, grow memory, or fill the disk? Launches on an
 * idle gateway and beside a flood take turns. Times in ms.
 */

const rounds = 4
const launches = 40
const maxLogBytes = 16 * 1_048_576
const flood = "yes 'a line of a hundred bytes, or nearly so, as a chatty program would write when it is very busy now'"

const settings = {
  retention: { sessionLogMaxBytes: maxLogBytes },
  apps: {
    quick: { command: ['/bin/sh', '-c', 'echo READY; exec sleep 600'] },
    flood: { command: ['/bin/sh', '-c', `echo READY; exec ${flood}`] }
  }
}

await withGateway(settings, async (gateway, url) => {
  const idle: number[] = []
  const beside: number[] = []
  const rates: number[] = []
  const { pid = 0 } = gateway.supervisor.welcome ?? {}
  for (let round = 0; round < rounds; round++) {
    idle.push(...(await measure(url)))
    const { id } = await launch(url, 'flood')
    const written = await bytesWritten(url, id)
    const start = performance.now()
    beside.push(...(await measure(url)))
    await delay(2_000)
    rates.push((((await bytesWritten(url, id)) - written) / 1_048_576 / (performance.now() - start)) * 1_000)
    const folder = gateway.gateway.logFolder(id)
    const size = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    print(`round ${round + 1}: log on disk, MiB`, `${(size / 1_048_576).toFixed(1)} of ${maxLogBytes / 1_048_576}`)
    print(`round ${round + 1}: RSS of the supervisor, MiB`, `${rss(pid)}`)
    await stop(url, id)
  }
  print('POST to running, idle', summary(idle))
  print('POST to running, beside a flood', `${summary(beside)}, ${(median(beside) / median(idle)).toFixed(2)} × idle`)
  print('the flood, MiB/s', summary(rates, 0))
})

async function measure(url: string): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < launches; i++) {
    const start = performance.now()
    const { id } = await launch(url, 'quick')
    times.push(performance.now() - start)
    await stop(url, id)
  }
  return times
}

/** From the seq of the last line: all lines of the flood are of one length. */
async function bytesWritten(url: string, id: number): Promise<number> {
  const response = await fetch(`${url}/sessions/${id}/logs?tail=1`, { headers: { accept: 'application/x-ndjson' } })
  const text = await response.text()
  // The first lines may not be on the disk yet.
  if (text === '') return 0
  const { seq, line } = JSON.parse(text) as { seq: number; line: string }
  return seq * (line.length + 1)
}

function rss(pid: number): number {
  const kibibytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kibibytes) / 1_024)
}
