import type { ServerProcess } from '../servers/server-process.ts'
import type { Connection } from './connection.ts'
import { Subscriber } from './subscriber.ts'
import { inTurns, openConnections } from './workers.ts'

export interface Launched {
  readonly id: number
  /** From the POST until the answer was here, and until the event AppReady was here, in milliseconds. */
  readonly answeredMs: number
  readonly readyMs: number
}

export interface LaunchesOptions {
  readonly atATime: number
  readonly stack: AsyncDisposableStack
  readonly token?: string | undefined
}

interface Event {
  readonly type: string
  readonly session?: { readonly id: number }
}

/** Launches and stops sessions as a client that watches them on a WebSocket. */
export class Launches {
  readonly #connections: readonly Connection[]
  /** When the first event of a type and session was here. */
  readonly #receipts = new Map<string, PromiseWithResolvers<number>>()

  private constructor(connections: readonly Connection[]) {
    this.#connections = connections
  }

  static async open({ url }: ServerProcess, { atATime, stack, token }: LaunchesOptions): Promise<Launches> {
    const launches = new Launches(await openConnections(url, atATime, { stack, token }))
    const types = 'type=AppReady&type=Stopped'
    const events = await Subscriber.open(`${url}/events?${types}`, payload => launches.#receive(payload), token)
    events.onClosed(() => launches.#fail(new Error('the server closed the connection for events')))
    stack.defer(() => events.close())
    return launches
  }

  /** Launches so many, all held. Resolves when all are ready. */
  async launch(count: number, appId: string): Promise<Launched[]> {
    const body = JSON.stringify({ appId })
    const launched: Launched[] = []
    await inTurns(this.#connections, count, async connection => {
      const start = performance.now()
      const { id } = JSON.parse(await connection.expect(201, 'POST', '/sessions', body)) as { id: number }
      const answeredMs = performance.now() - start
      launched.push({ id, answeredMs, readyMs: (await this.ready(id)) - start })
    })
    return launched
  }

  /** Launches so many, and waits for no more than the answers. */
  async post(count: number, appId: string): Promise<number[]> {
    const body = JSON.stringify({ appId })
    const ids: number[] = []
    await inTurns(this.#connections, count, async connection => {
      ids.push((JSON.parse(await connection.expect(201, 'POST', '/sessions', body)) as { id: number }).id)
    })
    return ids
  }

  /** Stops these sessions @returns from each DELETE to the event Stopped, in milliseconds */
  async stop(ids: readonly number[]): Promise<number[]> {
    const times: number[] = []
    await inTurns(this.#connections, ids.length, async (connection, index) => {
      const id = ids[index] as number
      const start = performance.now()
      await connection.expect(202, 'DELETE', `/sessions/${id}`)
      times.push((await this.stopped(id)) - start)
    })
    return times
  }

  /** When its event AppReady was here. */
  ready(id: number): Promise<number> {
    return this.#received('AppReady', id)
  }

  /** When its event Stopped was here. */
  stopped(id: number): Promise<number> {
    return this.#received('Stopped', id)
  }

  async #received(type: string, id: number): Promise<number> {
    const name = `${type} ${id}`
    const time = await this.#receipt(name).promise
    this.#receipts.delete(name)
    return time
  }

  #receive(payload: Buffer): void {
    const now = performance.now()
    const { type, session } = JSON.parse(payload.toString()) as Event
    if (type === 'Stopped')
      this.#receipts.get(`AppReady ${session?.id}`)?.reject(new Error('it ended before it was ready'))
    if (type === 'AppReady' || type === 'Stopped') this.#receipt(`${type} ${session?.id}`).resolve(now)
  }

  #receipt(name: string): PromiseWithResolvers<number> {
    const receipt = this.#receipts.get(name) ?? Promise.withResolvers<number>()
    this.#receipts.set(name, receipt)
    return receipt
  }

  #fail(error: Error): void {
    for (const receipt of this.#receipts.values()) receipt.reject(error)
  }
}
