import type { GatewayClient, Session } from '../../../clients/typescript/src/client.ts'
import { objectOf } from '../arguments.ts'
import { sessionSentence } from '../session-words.ts'
import { cut } from '../terminal/table.ts'
import type { SessionFilters } from './session-filters.ts'
import { sessionTable } from './session-table.ts'

const redrawMs = 200
const ageRedrawMs = 1_000

/** Shows the live sessions until Ctrl-C. */
export async function watchSessions(client: GatewayClient, { app, label }: SessionFilters): Promise<void> {
  const over = new AbortController()
  const screen = new Screen(() => over.abort())
  const stopScreen = screen.open()
  try {
    const events = client.events({
      ...(app && { appIds: app }),
      ...(label && { labels: objectOf(label) }),
      signal: over.signal,
      onSnapshot: sessions => screen.replaceAll(sessions),
      onGap: () => {},
      onStatus: ({ state }) => void (state === 'waiting' && screen.say('the connection is lost; trying again'))
    })
    for await (const { session } of events) if (session) screen.take(session)
  } finally {
    stopScreen()
  }
}

/** The sessions, drawn on the other screen of the terminal as far as it is high. */
class Screen {
  readonly #sessions = new Map<number, Session>()
  readonly #interrupt: () => void
  #message = ''
  #pending: NodeJS.Timeout | undefined

  constructor(interrupt: () => void) {
    this.#interrupt = interrupt
  }

  open(): () => void {
    process.stdout.write('\x1b[?1049h\x1b[?25l')
    const draw = () => this.#draw()
    const timer = setInterval(draw, ageRedrawMs)
    process.on('SIGINT', this.#interrupt).on('SIGTERM', this.#interrupt)
    process.stdout.on('resize', draw)
    return () => {
      clearInterval(timer)
      clearTimeout(this.#pending)
      process.stdout.off('resize', draw)
      process.stdout.write('\x1b[?25h\x1b[?1049l')
    }
  }

  replaceAll(sessions: readonly Session[]): void {
    this.#sessions.clear()
    for (const session of sessions) this.#sessions.set(session.id, session)
    this.#message = ''
    this.#drawSoon()
  }

  take(session: Session): void {
    if (session.state === 'stopped') this.#sessions.delete(session.id)
    else this.#sessions.set(session.id, session)
    this.say(sessionSentence(session))
  }

  say(message: string): void {
    this.#message = message
    this.#drawSoon()
  }

  #drawSoon(): void {
    this.#pending ??= setTimeout(() => this.#draw(), redrawMs)
  }

  #draw(): void {
    clearTimeout(this.#pending)
    this.#pending = undefined
    const { rows, columns } = process.stdout
    const sessions = [...this.#sessions.values()].sort((a, b) => a.id - b.id)
    // Three lines are for the head of the table, what is left out, and the newest change.
    const shown = sessions.slice(0, Math.max(1, rows - 3))
    const left = sessions.length - shown.length
    const count = `${sessions.length} ${sessions.length === 1 ? 'session' : 'sessions'}${left > 0 ? `, ${left} not shown` : ''}; Ctrl-C ends`
    const lines = [
      ...(shown.length > 0 ? sessionTable(shown, columns) : []),
      cut(count, columns),
      cut(this.#message, columns)
    ]
    process.stdout.write(`\x1b[H${lines.map(line => `${line}\x1b[K`).join('\n')}\x1b[J`)
  }
}
