import type { GatewayClient, Session } from '../../clients/typescript/src/client.ts'
import { objectOf } from './arguments.ts'
import type { SessionFilters } from './commands/session-filters.ts'
import { sessionSentence } from './session-words.ts'

export interface Follower {
  readonly signal: AbortSignal
  /** Called after each change, with a sentence about it. */
  readonly onChange: (sentence: string) => void
}

/** The sessions that are not stopped, kept up to date by events. */
export class LiveSessions {
  readonly #sessions = new Map<number, Session>()

  /** Sorted by id. */
  get all(): Session[] {
    return [...this.#sessions.values()].sort((a, b) => a.id - b.id)
  }

  /** Resolves once `signal` is aborted. */
  async follow(client: GatewayClient, { app, label }: SessionFilters, { signal, onChange }: Follower): Promise<void> {
    const events = client.events({
      ...(app && { appIds: app }),
      ...(label && { labels: objectOf(label) }),
      signal,
      onSnapshot: sessions => {
        this.#sessions.clear()
        for (const session of sessions) this.#sessions.set(session.id, session)
        onChange('')
      },
      onGap: () => {},
      onStatus: ({ state }) => void (state === 'waiting' && onChange('the connection is lost; trying again'))
    })
    for await (const { session } of events) {
      if (!session) continue
      if (session.state === 'stopped') this.#sessions.delete(session.id)
      else this.#sessions.set(session.id, session)
      onChange(sessionSentence(session))
    }
  }
}
