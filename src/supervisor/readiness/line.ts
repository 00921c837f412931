import { randomUUID } from 'node:crypto'
import { maxLineBytes } from '../../output-lines.ts'
import type { ReadinessOf } from '../../readiness/kinds.ts'
import type { ReadinessCheck } from './check.ts'
import { type LineCheck, lines } from './lines.ts'
import { nearMiss } from './near-miss.ts'
import { parseReady, type Verdict } from './ready-info.ts'

/**
 * The line itself, white space around it apart, or the line, a blank and a JSON object. With `token` the line is followed
 * by a blank and the token of this session, so that no other output can be mistaken for it.
 */
export function line({ setting, options }: ReadinessOf<'line'>): ReadinessCheck {
  const stream = options?.stream ?? 'stdout'
  return options?.token ? withToken(setting, stream) : withLine(setting, stream)
}

function withLine(wanted: string, stream: LineCheck['stream']): ReadinessCheck {
  return lines({
    ...{ awaited: `a line that is ${wanted}`, stream, maxBytes: maxLineBytes },
    test: line => judge(line.trim(), wanted, wanted)
  })
}

function withToken(word: string, stream: LineCheck['stream']): ReadinessCheck {
  const token = randomUUID()
  const wanted = `${word} ${token}`
  const check = lines({
    ...{ awaited: `a line that is ${word} and the value of WEFT_READY_TOKEN`, stream, maxBytes: maxLineBytes },
    test: line => {
      const text = line.trim()
      const isOther = text !== wanted && text.split(' ', 2).join(' ') !== wanted && text.split(' ', 1)[0] === word
      return isOther ? { fault: `began with ${word} but has not the token of this session` } : judge(text, wanted, word)
    }
  })
  return { ...check, gives: { env: { WEFT_READY_TOKEN: token } } }
}

function judge(text: string, wanted: string, word: string): Verdict | undefined {
  if (text === wanted) return {}
  if (text.startsWith(`${wanted} `)) return told(word, text.slice(wanted.length + 1))
  const fault = nearMiss(text, wanted)
  return fault === undefined ? undefined : { fault }
}

function told(wanted: string, json: string): Verdict {
  const verdict = parseReady(json)
  return 'fault' in verdict ? { fault: `began with ${wanted} but its JSON ${verdict.fault}` } : verdict
}
