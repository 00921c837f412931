import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { WebSocket } from 'ws'
import { childrenOf } from '../src/supervisor/processes/proc.ts'
import { launch, stop, withGateway } from './gateway.ts'

/*
 * Churn for an hour, or --minutes: sessions of all kinds come and go, clients of /events come and go, retention prunes.
 * Prints the resources of both processes once a minute. Exits with 1 if they grow: compares the last sample with the first
 * one after retention had filled up.
 */

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, workers: { type: 'string', default: '4' } }
})
const minutes = Number(values.minutes)
const sampleEveryMs = Math.min(60_000, (minutes * 60_000) / 10)

const shell = (script: string, more: object = {}) => ({ command: ['/bin/sh', '-c', script], ...more })
const settings = {
  limits: { maxStarting: 1_000 },
  defaults: { stopGraceMs: 200 },
  // Small, so that it fills up within the first samples.
  retention: { eventsMaxCount: 20_000, sessionsMaxCount: 2_000, logsMaxBytes: 16 * 1_048_576 },
  apps: {
    steady: shell('echo READY; exec sleep 600'),
    chatty: shell('echo READY; head -c 200000 /dev/zero | tr "\\0" "x" | fold -w 80; exec sleep 600'),
    brief: shell('echo READY; exec sleep 0.05'),
    crash: shell('echo oops >&2; exit 3'),
    family: shell('sleep 600 & setsid -f sleep 600; echo READY; exec sleep 600'),
    stubborn: shell("trap '' TERM; echo READY; while :; do sleep 0.05; done")
  }
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

interface Sample {
  readonly minute: string
  readonly sessions: number
  readonly events: number
  /** The heap after a collection: growth here is a leak; growth of RSS alone is not. */
  readonly gatewayHeapMb: number
  readonly gatewayRssMb: number
  readonly supervisorRssMb: number
  readonly gatewayFds: number
  readonly supervisorFds: number
  readonly children: number
  readonly databaseMb: string
  readonly logFolders: number
}

await withGateway(settings, async (gateway, url) => {
  const end = performance.now() + minutes * 60_000
  const start = performance.now()
  let sessions = 0
  const samples: Sample[] = []

  const worker = async () => {
    const ids = Object.keys(settings.apps)
    while (performance.now() < end) {
      const appId = ids[sessions++ % ids.length] as string
      const session = await launch(url, appId).catch(() => undefined)
      if (session) await stop(url, session.id)
      if (sessions % 500 === 0) await gateway.gateway.retention.run()
    }
  }
  const watcher = async () => {
    while (performance.now() < end) await follow(url.replace('http', 'ws'))
  }
  const sampler = setInterval(() => {
    samples.push(sample())
    console.table(samples.slice(-1))
  }, sampleEveryMs)

  await Promise.all([...Array.from({ length: Number(values.workers) }, worker), watcher()])
  clearInterval(sampler)
  await gateway.gateway.retention.run()
  samples.push(sample())
  console.table(samples)
  process.exitCode = isFlat(samples) ? 0 : 1

  function sample(): Sample {
    const { pid = 0 } = gateway.supervisor.welcome ?? {}
    const { path, database, logs } = gateway.gateway.stateFolder
    const databaseBytes = readdirSync(path)
      .filter(name => join(path, name).startsWith(database))
      .reduce((sum, name) => sum + statSync(join(path, name)).size, 0)
    return {
      minute: ((performance.now() - start) / 60_000).toFixed(1),
      sessions,
      events: gateway.gateway.store.head,
      gatewayHeapMb: liveHeapMb(),
      gatewayRssMb: rssMb(process.pid),
      supervisorRssMb: rssMb(pid),
      gatewayFds: readdirSync('/proc/self/fd').length,
      supervisorFds: readdirSync(`/proc/${pid}/fd`).length,
      children: childrenOf(pid).length,
      databaseMb: (databaseBytes / 1_048_576).toFixed(1),
      logFolders: readdirSync(logs).length
    }
  }
})

/** Follows the events for a second. */
function follow(url: string): Promise<void> {
  return new Promise(resolve => {
    const client = new WebSocket(`${url}/events`)
    setTimeout(() => client.terminate(), 1_000)
    client.on('error', () => {})
    client.on('close', () => resolve())
  })
}

function isFlat(samples: readonly Sample[]): boolean {
  const early = samples[Math.floor(samples.length / 3)]
  const late = samples.at(-1)
  if (!early || !late) return false
  const checks = {
    gatewayHeap: late.gatewayHeapMb < early.gatewayHeapMb * 1.3 + 10,
    gatewayRss: late.gatewayRssMb < early.gatewayRssMb * 1.5 + 50,
    supervisorRss: late.supervisorRssMb < early.supervisorRssMb * 1.3 + 20,
    fds: late.gatewayFds <= early.gatewayFds + 20 && late.supervisorFds <= early.supervisorFds + 20,
    database: Number(late.databaseMb) < Number(early.databaseMb) * 1.3 + 5
  }
  process.stdout.write(`flat: ${JSON.stringify(checks)}\n`)
  return Object.values(checks).every(Boolean)
}

function liveHeapMb(): number {
  collect()
  return Math.round(process.memoryUsage().heapUsed / 1_048_576)
}

function rssMb(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024)
}
