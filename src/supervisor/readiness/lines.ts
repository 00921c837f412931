import { textLines } from '../../output-lines.ts'
import type { ReadyOptions } from '../../readiness/options.ts'
import type { ReadyInfo } from '../../session/session.ts'
import type { StreamName } from '../../session-log/record.ts'
import type { LineBatch } from '../output/line-batcher.ts'
import type { Attempt, ReadinessCheck } from './check.ts'
import type { Verdict } from './ready-info.ts'

export interface LineCheck {
  /** What a line must be, as in "a line that is READY". */
  readonly awaited: string
  readonly stream: NonNullable<ReadyOptions['stream']>
  /** How much of a line is tested. */
  readonly maxBytes: number
  readonly test: (line: string) => Verdict | undefined
}

/** Tests each line of a stream, or of both, until one means that the app is ready. */
export function lines({ awaited, stream, maxBytes, test }: LineCheck): ReadinessCheck {
  const streams: readonly StreamName[] = stream === 'both' ? ['stdout', 'stderr'] : [stream]
  return {
    awaited: `${awaited} on ${streams.join(' or ')}`,
    streams,
    matches: line => isReady(test(line)),
    ready({ output, over, refuse }) {
      const { promise, resolve, reject } = Promise.withResolvers<ReadyInfo | undefined>()
      const stops = streams.map(name => {
        const judge = judging(name, { maxBytes, test, refuse })
        return output.onRawLines(name, batch => {
          try {
            const verdict = judge(batch)
            if (!verdict) return
            resolve(verdict.ready)
          } catch (error) {
            // Fails this session only: thrown from here, the error would end the process.
            reject(error)
          }
          stopListening()
        })
      })
      const stopListening = () => {
        for (const stop of stops) stop()
      }
      over.addEventListener('abort', stopListening)
      return promise
    }
  }
}

type Judged = Pick<LineCheck, 'maxBytes' | 'test'> & Pick<Attempt, 'refuse'>

function judging(stream: StreamName, { maxBytes, test, refuse }: Judged) {
  let lineNumber = 0
  return ({ bytes }: LineBatch) => {
    for (const line of textLines(bytes, maxBytes)) {
      lineNumber++
      const verdict = test(line)
      if (!verdict) continue
      if (!('fault' in verdict)) return verdict
      refuse(`line ${lineNumber} of ${stream} ${verdict.fault}`)
    }
    return undefined
  }
}

function isReady(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && !('fault' in verdict)
}
