import { get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const firstPauseMs = 10
const longestPauseMs = 250
const attemptTimeoutMs = 2_000

/** Asks again and again, with growing pauses, until the answer is yes. Rejects when `signal` aborts. */
export async function probe(attempt: (signal: AbortSignal) => Promise<boolean>, signal: AbortSignal): Promise<void> {
  let pauseMs = firstPauseMs
  while (!(await attempt(AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)])))) {
    await delay(pauseMs, undefined, { signal })
    pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)
  }
}

/** Does somebody accept connections at `address` (`host:port`, or a port of this machine)? */
export function tcpAnswers(address: string): (signal: AbortSignal) => Promise<boolean> {
  const separator = address.lastIndexOf(':')
  const host = separator === -1 ? '127.0.0.1' : address.slice(0, separator).replace(/^\[(.*)\]$/, '$1')
  const port = Number(address.slice(separator + 1))
  return signal =>
    new Promise(resolve => {
      const socket = connect({ host, port, signal })
      socket.on('connect', () => resolve(true))
      socket.on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
      socket.on('close', () => resolve(false))
    })
}

/** Does `url` answer with a 2xx or 3xx? */
export function httpAnswers(url: string): (signal: AbortSignal) => Promise<boolean> {
  return signal =>
    new Promise(resolve => {
      const request = get(url, { agent: false, signal }, response => {
        const status = response.statusCode ?? 0
        resolve(status >= 200 && status < 400)
        response.destroy()
      })
      request.on('error', () => resolve(false))
    })
}
