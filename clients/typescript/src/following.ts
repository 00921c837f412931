import { isPassing } from './errors.ts'
import { type ConnectionStatus, type FollowOptions, Link } from './link.ts'

/** The items of a stream that outlives its connections. To leave the loop, or `return()`, closes the connection. */
export interface Following<Item> extends AsyncGenerator<Item, void, void> {
  readonly status: ConnectionStatus
  /** Ends the pause before the next try to connect, for example when the network is back. */
  tryNow(): void
}

/** How a connection ended: for good, or to be resumed. */
export type Ending = 'ended' | 'lost'

/** Makes one connection and yields what comes; it ends with the link's signal. */
export type Connect<Item> = (link: Link) => AsyncGenerator<Item, Ending, void>

/** Connects again and again, until the stream has ended, somebody leaves, or an error does not pass. */
export function follow<Item>(options: FollowOptions, connect: Connect<Item>): Following<Item> {
  const link = new Link(options)
  const items = connections(link, connect)
  return {
    get status() {
      return link.status
    },
    tryNow: () => link.tryNow(),
    next: () => items.next(),
    return: () => {
      // Else a pending `next` would have to come first.
      link.close()
      return items.return()
    },
    async throw(error) {
      link.close()
      await items.return()
      throw error
    },
    [Symbol.asyncIterator]() {
      return this
    },
    async [Symbol.asyncDispose]() {
      await this.return()
    }
  }
}

async function* connections<Item>(link: Link, connect: Connect<Item>): AsyncGenerator<Item, void, void> {
  link.open()
  try {
    while (!link.signal.aborted) {
      const reason = yield* connection(link, connect)
      if (reason === 'ended') return
      if (!link.signal.aborted) await link.pause(reason.error)
    }
  } finally {
    link.close()
  }
}

async function* connection<Item>(
  link: Link,
  connect: Connect<Item>
): AsyncGenerator<Item, 'ended' | { readonly error: unknown }, void> {
  try {
    link.connecting()
    const ending = yield* connect(link)
    return ending === 'ended' ? 'ended' : { error: undefined }
  } catch (error) {
    if (link.isOfCaller(error) || (!link.signal.aborted && !isPassing(error))) throw error
    return { error }
  }
}
