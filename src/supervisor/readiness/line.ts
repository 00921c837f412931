import { maxLineBytes } from '../../output-lines.ts'
import type { ReadinessCheck } from './check.ts'
import { parseReady, type Verdict } from './ready-info.ts'
import { stdout } from './stdout.ts'

/** The line itself, white space around it apart, or the line, a blank and a JSON object. */
export function line(wanted: string): ReadinessCheck {
  return stdout(maxLineBytes, line => {
    const text = line.trim()
    if (text === wanted) return {}
    return text.startsWith(`${wanted} `) ? told(wanted, text.slice(wanted.length + 1)) : undefined
  })
}

function told(wanted: string, json: string): Verdict {
  const verdict = parseReady(json)
  return 'fault' in verdict ? { fault: `began with ${wanted} but its JSON ${verdict.fault}` } : verdict
}
