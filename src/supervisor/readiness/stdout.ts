import { textLines } from '../../output-lines.ts'
import type { ReadyInfo } from '../../session/session.ts'
import type { LineBatch } from '../output/line-batcher.ts'
import type { Attempt, ReadinessCheck } from './check.ts'
import type { Verdict } from './ready-info.ts'

/** Tests at most `maxBytes` of each line of stdout, until one means that the app is ready. */
export function stdout(maxBytes: number, test: (line: string) => Verdict | undefined): ReadinessCheck {
  return {
    readsStdout: true,
    ready({ output, over, refuse }) {
      const { promise, resolve, reject } = Promise.withResolvers<ReadyInfo | undefined>()
      const judge = judging(maxBytes, test, refuse)
      const stopListening = output.onLines('stdout', batch => {
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
      over.addEventListener('abort', stopListening)
      return promise
    }
  }
}

function judging(maxBytes: number, test: (line: string) => Verdict | undefined, refuse: Attempt['refuse']) {
  let lineNumber = 0
  return ({ bytes }: LineBatch) => {
    for (const line of textLines(bytes, maxBytes)) {
      lineNumber++
      const verdict = test(line)
      if (!verdict) continue
      if (!('fault' in verdict)) return verdict
      refuse(`line ${lineNumber} of stdout ${verdict.fault}`)
    }
    return undefined
  }
}
