import { readdirSync, readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { allProcesses } from '../../src/supervisor/processes/proc.ts'
import { processesOf } from '../helper.ts'

/** Orders of events that a session may have. */
export const legalLife = /^Launched(,Starting)?(,AppReady)?(,Stopping)?,Stopped$/

export interface Watch {
  /** Types of the events of a session in the order published, joined by commas. */
  life(id: number): string
  /** Pids of its living processes, as far as they kept the session's environment. */
  processes(id: number): number[]
}

/** Notes what is told of sessions from now on, and keeps the sessions' keys beyond their end. */
export function watch({ registry, gateway }: FastifyInstance): Watch {
  const lives = new Map<number, string[]>()
  const keys = new Map<number, string>()
  registry.subscribe(({ type, sessionId }) => {
    const key = gateway.registry.registrations.find(({ session }) => session.id === sessionId)?.key
    if (key) keys.set(sessionId, key)
    lives.set(sessionId, [...(lives.get(sessionId) ?? []), type])
  })
  return {
    life: id => (lives.get(id) ?? []).join(),
    processes: id => processesOf(new Set([keys.get(id) as string]))
  }
}

/** Pids of living processes that have the number `marker` in their command line, whatever became of their environment. */
export function processesNamed(marker: string): number[] {
  const name = new RegExp(`${marker}(?!\\d)`)
  return allProcesses()
    .map(({ pid }) => pid)
    .filter(pid => name.test(commandLine(pid)))
}

/** The most memory that a process ever had in use, in KiB. */
export function peakMemoryKib(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** What a process was started as; of one whose first thread has ended another thread tells. */
function commandLine(pid: number): string {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.map(thread => readFileSync(`/proc/${pid}/task/${thread}/cmdline`, 'utf8')).find(Boolean) ?? ''
  } catch {
    return ''
  }
}
