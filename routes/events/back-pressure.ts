import type { Writable } from 'node:stream'

/** Resolves when `stream` takes more, or when nobody reads it any more. */
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
