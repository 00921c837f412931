import { eventTypes } from '../session/transition.ts'
import { type EventLine, eventSentence } from './event-sentence.ts'

interface StderrLine {
  readonly level: number
  readonly time: number
  readonly sessionId: number
  readonly appId: string
  readonly stream: 'stderr'
  readonly msg: string
  /** Lines before this one that were left out. */
  readonly omitted?: number
}

/** Lines of one session that came together. */
interface Burst {
  readonly last: StderrLine
  readonly count: number
  readonly timer: NodeJS.Timeout
}

/** Lines that come within this time of the first become one line, in milliseconds. */
const burstMs = 250

/**
 * Makes the lines of the log fit for people at a terminal: what happens to a session is one sentence, and what an app writes
 * to stderr at once, such as a traceback, is one line: the last that was logged. The session's log has all of them.
 */
export class TerminalLines {
  readonly #write: (line: string) => void
  readonly #bursts = new Map<number, Burst>()

  /** @param write takes a line as pino writes it */
  constructor(write: (line: string) => void) {
    this.#write = write
    // Before the output writes what it still has.
    process.prependOnceListener('exit', () => this.#bursts.forEach((_burst, id) => void this.#endBurst(id)))
  }

  write(text: string): void {
    const line: Line = JSON.parse(text)
    if (isStderr(line)) this.#gather(line)
    else if (isEvent(line)) this.#tell(line)
    else this.#write(text)
  }

  #tell(line: EventLine): void {
    this.#endBurst(line.sessionId)
    const { level, time } = line
    const msg = eventSentence(line)
    if (msg !== undefined) this.#write(JSON.stringify({ level, time, msg }))
  }

  #gather(line: StderrLine): void {
    const { sessionId, msg, omitted = 0 } = line
    const burst = this.#bursts.get(sessionId)
    this.#bursts.set(sessionId, {
      last: burst && msg.trim() === '' ? burst.last : line,
      count: (burst?.count ?? 0) + 1 + omitted,
      timer: burst?.timer ?? setTimeout(() => this.#endBurst(sessionId), burstMs).unref()
    })
  }

  #endBurst(sessionId: number): void {
    const burst = this.#bursts.get(sessionId)
    if (!burst) return
    this.#bursts.delete(sessionId)
    clearTimeout(burst.timer)
    const { count, last } = burst
    const { level, time, appId, msg } = last
    const more = count === 1 ? '' : ` (with ${count - 1} lines before; its log has them)`
    this.#write(JSON.stringify({ level, time, msg: `${appId} ${sessionId} on stderr: ${msg}${more}` }))
  }
}

/** Only lines of sessions have both members, and only the gateway sets them. */
type Line = EventLine | StderrLine | { readonly msg?: string }

function isStderr(line: Line): line is StderrLine {
  return 'stream' in line && line.stream === 'stderr' && 'sessionId' in line
}

function isEvent(line: Line): line is EventLine {
  return 'sessionId' in line && (eventTypes as readonly string[]).includes(line.msg)
}
