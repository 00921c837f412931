import type { Writable } from 'node:stream'

/** Resolves when `stream` is ready for more, or when its client has disconnected. */
export function drainOf(stream: Writable, closed: AbortSignal): Promise<void> {
  if (!stream.writableNeedDrain || closed.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const done = () => {
      stream.removeListener('drain', done)
      closed.removeEventListener('abort', done)
      resolve()
    }
    stream.on('drain', done)
    closed.addEventListener('abort', done)
  })
}
