import { createHash } from 'node:crypto'
import type { StoppedSession } from '../../../src/session/session.ts'
import type { EventOfTest } from '../../gateway-process.ts'
import { processesBySession } from './processes.ts'

const order = ['Launched', 'Starting', 'AppReady', 'Stopping', 'Stopped']

/** Where launches are told apart, whatever became of their answers. */
export const launchLabel = 'launch'

interface Known {
  readonly digest: string
  readonly type: string
  readonly appId: string
}

/** All events that anybody was told, each held to those before it; and what is wrong with them. */
export class Ledger {
  readonly faults: string[] = []
  readonly #stateDir: string
  readonly #events: Known[] = []
  /** How far each session that is not stopped has come. */
  readonly #live = new Map<number, number>()
  readonly #launches = new Map<string, number>()
  /** Why each session that is stopped has ended. */
  readonly #stopped = new Map<number, string>()
  #justStopped: number[] = []
  #lastId = 0
  looks = 0

  constructor(stateDir: string) {
    this.#stateDir = stateDir
  }

  get head(): number {
    return this.#events.length
  }

  get sessions(): number {
    return this.#stopped.size + this.#live.size
  }

  /** Of the sessions that are not stopped. */
  get live(): readonly number[] {
    return [...this.#live.keys()]
  }

  /** How many sessions have ended for each reason. */
  get reasons(): string {
    const groups = Map.groupBy(this.#stopped.values(), reason => reason)
    return [...groups].map(([reason, { length }]) => `${length} ${reason}`).join(', ')
  }

  fault(message: string): void {
    this.faults.push(message)
  }

  isStopped(id: number): boolean {
    return this.#stopped.has(id)
  }

  isKnown(id: number): boolean {
    return this.#stopped.has(id) || this.#live.has(id)
  }

  /** Tells of each session whether it is stopped now. */
  stoppedSoFar(): (id: number) => boolean {
    const live = new Set(this.#live.keys())
    const lastId = this.#lastId
    return id => id <= lastId && !live.has(id)
  }

  /** Why a stopped session has ended. */
  reason(id: number): string | undefined {
    return this.#stopped.get(id)
  }

  /** The session of a launch. */
  launched(label: string): number | undefined {
    return this.#launches.get(label)
  }

  /** How many events up to `seq` a follower must have been told. */
  count(seq: number, isWanted: (event: Known) => boolean): number {
    return this.#events.slice(0, seq).filter(isWanted).length
  }

  /** An event as somebody was told it: all must be told the same. */
  take(event: EventOfTest, who: string): void {
    const known = this.#events[event.seq - 1]
    const digest = digestOf(event)
    if (known && known.digest !== digest) this.fault(`${who}: event ${event.seq} is not the one that others were told`)
    if (event.seq !== this.#events.length + 1) return
    this.#events.push({ digest, type: event.type, appId: event.session.appId })
    this.#advance(event)
  }

  #advance({ seq, type, session }: EventOfTest): void {
    const { id } = session
    if (type === 'Launched') this.#launch(seq, session)
    const before = this.#live.get(id)
    const step = order.indexOf(type)
    if (before === undefined) this.fault(`event ${seq}: ${type} of session ${id}, which is stopped or unknown`)
    else if (type !== 'Launched' && step <= before)
      this.fault(`event ${seq}: ${type} of session ${id} after ${order[before]}`)
    this.#live.set(id, step)
    if (type === 'Stopped') this.#stop(session)
  }

  #launch(seq: number, { id, labels }: EventOfTest['session']): void {
    if (id <= this.#lastId) this.fault(`event ${seq}: id ${id} after id ${this.#lastId}`)
    this.#lastId = Math.max(id, this.#lastId)
    this.#live.set(id, -1)
    const label = labels[launchLabel] ?? ''
    const other = this.#launches.get(label)
    if (other !== undefined) this.fault(`session ${id} is the launch ${label} again, after session ${other}`)
    this.#launches.set(label, id)
  }

  #stop(session: EventOfTest['session']): void {
    this.#live.delete(session.id)
    const { reason, survivors } = (session as StoppedSession).stop
    if (survivors !== 0) this.fault(`session ${session.id} has ${survivors} survivors`)
    this.#stopped.set(session.id, reason)
    if (this.#justStopped.push(session.id) === 1) setImmediate(() => this.#look())
  }

  /** Nothing may live of what is told as stopped. */
  #look(): void {
    const ids = this.#justStopped
    this.#justStopped = []
    this.looks++
    const processes = processesBySession(this.#stateDir)
    for (const id of ids) {
      const pids = processes.get(id)
      if (pids) this.fault(`processes ${pids} live though session ${id} is told as stopped`)
    }
  }
}

function digestOf({ id, seq, type, time, session }: EventOfTest & { readonly time?: unknown }): string {
  return createHash('sha1')
    .update(JSON.stringify([id, seq, type, time, session]))
    .digest('base64')
}
