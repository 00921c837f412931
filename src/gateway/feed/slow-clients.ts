import type { Sink } from './sink.ts'

/** A client with more than this waiting when more comes is closed: memory is bounded, and no client misses events unnoticed. */
export const maxWaitingBytes = 1_048_576

/** Once more than this waits for all live clients together, those with more than the average are closed. */
export const maxTotalWaitingBytes = 256 * 1_048_576

/** How many bytes can wait for each of these `count` clients. */
export function allowedWaitingBytes(clients: Iterable<{ readonly sink: Sink }>, count: number): number {
  let waitingBytes = 0
  for (const { sink } of clients) waitingBytes += sink.waitingBytes
  return waitingBytes > maxTotalWaitingBytes ? Math.min(maxWaitingBytes, waitingBytes / count) : maxWaitingBytes
}
