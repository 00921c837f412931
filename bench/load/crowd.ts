import { Subscriber } from './subscriber.ts'

const openAtATime = 50

export interface CrowdOptions {
  readonly size: number
  /** How many messages each receives at first: 2 from weft-gateway, Hello and Snapshot. */
  readonly greetings: number
  readonly stack: AsyncDisposableStack
}

/** Many subscribers whose messages are only counted. */
export class Crowd {
  readonly #subscribers: Subscriber[] = []
  #count = 0
  #goal = Number.POSITIVE_INFINITY
  #reached: PromiseWithResolvers<number> = Promise.withResolvers()

  /** Resolves when all are connected and each has received its first messages. They leave with the stack. */
  static async open(url: string, { size, greetings, stack }: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd()
    stack.defer(() => crowd.#close())
    const greeted = crowd.receive(size * greetings)
    while (crowd.#subscribers.length < size) {
      const next = Math.min(openAtATime, size - crowd.#subscribers.length)
      crowd.#subscribers.push(...(await Promise.all(Array.from({ length: next }, () => crowd.#join(url)))))
    }
    await greeted
    return crowd
  }

  get size(): number {
    return this.#subscribers.length
  }

  /** Counts from now on. Resolves with the time when all together have received so many messages. */
  receive(count: number): Promise<number> {
    this.#count = 0
    this.#goal = count
    this.#reached = Promise.withResolvers()
    // A connection can be closed while nobody waits.
    this.#reached.promise.catch(() => {})
    if (count === 0) this.#reached.resolve(performance.now())
    return this.#reached.promise
  }

  #close(): void {
    for (const subscriber of this.#subscribers) subscriber.close()
  }

  async #join(url: string): Promise<Subscriber> {
    const subscriber = await Subscriber.open(url, () => {
      if (++this.#count === this.#goal) this.#reached.resolve(performance.now())
    })
    subscriber.onClosed(() => this.#reached.reject(new Error('the server closed a connection for events')))
    return subscriber
  }
}
