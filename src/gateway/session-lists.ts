import { InvalidRequest } from './errors.ts'
import { formatCursor, parseCursor } from './store/cursor.ts'
import type { SessionPageQuery as StoredPageQuery } from './store/session-pages.ts'
import type { Store } from './store/store.ts'

export interface SessionPage {
  /** Sessions, each as JSON. */
  readonly items: readonly string[]
  /** Where the next page begins, if there is one. */
  readonly nextCursor?: string
  /** The events after it have every later change. */
  readonly eventCursor: string
}

export type SessionPageQuery = Omit<StoredPageQuery, 'after'> & { readonly cursor?: string | undefined }

/** How many pages of the present moment are kept, one for each query. */
const maxKept = 16

/** Pages of sessions. A page is read once, and is the same object for all who ask until something is written. */
export class SessionLists {
  readonly #store: Store
  readonly #kept = new Map<string, SessionPage>()
  #revision = -1

  constructor(store: Store) {
    this.#store = store
  }

  /** @throws {InvalidRequest} if the cursor is not of this list */
  async page(query: SessionPageQuery): Promise<SessionPage> {
    const { revision } = this.#store
    if (revision !== this.#revision) this.#kept.clear()
    this.#revision = revision
    const name = JSON.stringify(query)
    const known = this.#kept.get(name)
    if (known) return known
    const page = await this.#read(query)
    // Some filters read the table in several turns of the event loop.
    if (this.#store.revision === revision && this.#kept.size < maxKept) this.#kept.set(name, page)
    return page
  }

  async #read({ cursor, limit, ...query }: SessionPageQuery): Promise<SessionPage> {
    const { epoch, head, sessionPages } = this.#store
    const after = cursor === undefined ? undefined : this.#positionOf(cursor)
    const found = await sessionPages.read({ ...query, after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      items: page.map(({ json }) => json),
      ...(found.length > limit && last && { nextCursor: formatCursor(epoch, last.id) }),
      eventCursor: formatCursor(epoch, head)
    }
  }

  #positionOf(cursor: string): number {
    const position = parseCursor(cursor)
    if (position?.epoch === this.#store.epoch) return position.seq
    throw new InvalidRequest([{ pointer: '/query/cursor', detail: 'is not a cursor of this list' }])
  }
}
