import { setTimeout as delay } from 'node:timers/promises'
import type { Message } from '../../clients.ts'
import type { EventOfTest } from '../../gateway-process.ts'
import { type Connect, connects, filteredType } from './connections.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import type { Stage } from './stage.ts'

/** How long a follower stays before it leaves by itself, and comes back. */
const longestStayMs = 3_000

const pauseMs = 20

/** How long it may take until everybody has been told of everything. */
const caughtUpWithinMs = 120_000

/** A client of `/events` that comes back with its cursor, and is to be told of each event once. */
class Follower {
  readonly name: string
  readonly #connect: Connect
  readonly #stage: Stage
  readonly #ledger: Ledger
  #cursor: string
  told = 0
  /** Connections that had begun to tell, and have ended. */
  breaks = 0
  #isTold = false

  constructor(name: string, connect: Connect, { stage, ledger, epoch }: FollowersParts) {
    this.name = name
    this.#connect = connect
    this.#stage = stage
    this.#ledger = ledger
    this.#cursor = `${epoch}.0`
  }

  /** Of the last event that it was told of, or knows to have been left out. */
  get seq(): number {
    return Number(this.#cursor.split('.')[1])
  }

  async run(random: Random, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      this.#isTold = false
      const leave = AbortSignal.any([over, AbortSignal.timeout(random.upTo(longestStayMs))])
      const follow = { gateway: () => this.#stage.gateway, since: this.#cursor, leave }
      await this.#connect({ ...follow, take: message => this.#take(message as Message) }).catch(() => {})
      if (this.#isTold) this.breaks++
      await delay(pauseMs)
    }
  }

  #take(message: Message): void {
    this.#isTold = true
    const { type } = message
    if (type === 'Gap' || type === 'Snapshot') this.#ledger.fault(`${this.name}: ${type} after ${this.#cursor}`)
    if (type === 'Heartbeat') this.#goOn(String(message.cursor), 0)
    if (message.id === undefined) return
    this.told++
    const step = this.name === 'filtered' ? undefined : 1
    this.#goOn(message.id, step)
    this.#ledger.take(message as unknown as EventOfTest, this.name)
  }

  /** To a cursor that is `step` events further on, or any number. */
  #goOn(cursor: string, step: number | undefined): void {
    const [epoch, seq] = cursor.split('.')
    const isRight = step === 1 ? Number(seq) === this.seq + 1 : Number(seq) >= this.seq + (step ?? 1)
    if (!isRight || epoch !== this.#cursor.split('.')[0])
      this.#ledger.fault(`${this.name}: ${cursor} after ${this.#cursor}`)
    this.#cursor = cursor
  }
}

export interface FollowersParts {
  readonly stage: Stage
  readonly ledger: Ledger
  readonly epoch: string
}

/** One of each kind. */
export class Followers {
  readonly #ledger: Ledger
  readonly #followers: readonly Follower[]

  constructor(parts: FollowersParts) {
    this.#ledger = parts.ledger
    this.#followers = Object.entries(connects).map(([name, connect]) => new Follower(name, connect, parts))
  }

  get breaks(): number {
    return this.#followers.reduce((sum, { breaks }) => sum + breaks, 0)
  }

  get names(): string {
    return this.#followers.map(({ name }) => name).join(', ')
  }

  async run(random: Random, over: AbortSignal): Promise<void> {
    await Promise.all(this.#followers.map(follower => follower.run(random.fork(follower.name), over)))
  }

  /** Until all have been told of all events up to `seq`. */
  async caughtUp(seq: number): Promise<void> {
    const deadline = performance.now() + caughtUpWithinMs
    const behind = () => this.#followers.filter(follower => follower.seq < seq)
    while (behind().length > 0) {
      if (performance.now() > deadline) {
        return this.#ledger.fault(`not told of event ${seq}: ${behind().map(each => `${each.name}, ${each.seq}`)}`)
      }
      await delay(pauseMs)
    }
    for (const { name, told, seq: last } of this.#followers) {
      const expected = this.#ledger.count(last, ({ type }) => name !== 'filtered' || type === filteredType)
      if (told !== expected) this.#ledger.fault(`${name} was told of ${told} of ${expected} events`)
    }
  }
}
