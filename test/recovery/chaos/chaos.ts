import type { SpawnerName } from '../../../src/protocol/spawners.ts'
import { acts, rareActs } from './acts.ts'
import { Checks } from './checks.ts'
import { Clients } from './clients.ts'
import { Followers } from './followers.ts'
import { Ledger } from './ledger.ts'
import { LogFollower } from './log-follower.ts'
import { Random } from './random.ts'
import { Stage } from './stage.ts'

export interface ChaosOptions {
  readonly seed: string
  readonly spawner: SpawnerName
  /** Of gateways and supervisors together, after which no round begins. */
  readonly kills: number
  /** After which no round begins either. */
  readonly maxMs: number
  /** Told of the progress. */
  readonly say: (line: string) => void
}

export interface ChaosFigures {
  readonly faults: readonly string[]
  readonly rounds: number
  readonly kills: number
  readonly sessions: number
  readonly events: number
  readonly memory: Stage['memory']
}

const clientsAtATime = 4
const sayEveryMs = 10_000

/** How often one of the acts that take long. */
const rarity = 0.05

/** Sessions come and go and are followed while gateways and supervisors are killed, paused, stopped and started. */
export async function chaos(options: ChaosOptions): Promise<ChaosFigures> {
  const stage = await Stage.open(options.spawner)
  try {
    return await new Chaos(stage, options).run()
  } finally {
    await stage.close()
  }
}

class Chaos {
  readonly #stage: Stage
  readonly #options: ChaosOptions
  readonly #random: Random
  readonly #ledger: Ledger
  readonly #clients: Clients
  readonly #logFollower: LogFollower
  readonly #over = new AbortController()
  #rounds = 0

  constructor(stage: Stage, options: ChaosOptions) {
    this.#stage = stage
    this.#options = options
    this.#random = new Random(options.seed)
    this.#ledger = new Ledger(stage.stateDir)
    this.#clients = new Clients(stage, this.#ledger)
    this.#logFollower = new LogFollower({ stage, ledger: this.#ledger, clients: this.#clients })
  }

  async run(): Promise<ChaosFigures> {
    const [stage, ledger, random] = [this.#stage, this.#ledger, this.#random]
    await stage.start(random)
    const epoch = await epochOf(stage)
    const followers = new Followers({ stage, ledger, epoch })
    const checks = new Checks({ stage, ledger, clients: this.#clients }, epoch)
    const following = followers.run(random.fork('followers'), this.#over.signal)
    const logOver = new AbortController()
    const followingLogs = this.#logFollower.run(random.fork('logs'), logOver.signal)
    try {
      await this.#playRounds(checks)
      logOver.abort()
      await followingLogs
      if (this.#isWell) await checks.atEnd()
      if (this.#isWell) await followers.caughtUp(ledger.head)
    } finally {
      logOver.abort()
      this.#over.abort()
      await Promise.all([following, followingLogs])
    }
    if (this.#isWell) await checks.nothingLeft()
    return this.#figures(followers)
  }

  get #isWell(): boolean {
    return this.#ledger.faults.length === 0
  }

  async #playRounds(checks: Checks): Promise<void> {
    const { kills, maxMs, say } = this.#options
    const end = performance.now() + maxMs
    let sayAt = performance.now() + sayEveryMs
    while (this.#isWell && this.#stage.kills < kills && performance.now() < end) {
      await this.#playRound(checks)
      if (performance.now() < sayAt) continue
      sayAt += sayEveryMs
      const { sessions, head: events } = this.#ledger
      say(`${this.#rounds} rounds, ${this.#stage.kills} kills, ${sessions} sessions, ${events} events`)
    }
  }

  async #playRound(checks: Checks): Promise<void> {
    const random = this.#random.fork(++this.#rounds)
    const name = random.pick(Object.keys(random.chance(rarity) ? rareActs : acts))
    const over = new AbortController()
    const working = Array.from({ length: clientsAtATime }, (_, index) =>
      this.#clients.work(random.fork(index), over.signal)
    )
    try {
      await this.#clients.sendAgain(over.signal)
      await { ...acts, ...rareActs }[name]?.(this.#stage, random, this.#clients)
      await this.#stage.ready()
      over.abort()
      await Promise.all(working)
      await checks.afterRound()
    } catch (error) {
      this.#ledger.fault(String((error as Error).stack))
    } finally {
      over.abort()
    }
    if (!this.#isWell) this.#ledger.fault(`that was round ${this.#rounds}, ${name}`)
    for (const fault of this.#ledger.faults) this.#options.say(fault)
  }

  #figures(followers: Followers): ChaosFigures {
    const { kills, memory, counts } = this.#stage
    const { faults, sessions, reasons, head: events, looks } = this.#ledger
    const { say } = this.#options
    for (const [what, count] of Object.entries(counts)) say(`${count} ${what}`)
    say(`${sessions} sessions (${reasons}), ${events} events`)
    say(`followers ${followers.names}: ${followers.breaks} breaks`)
    say(`${this.#logFollower.sessions} logs followed, ${this.#logFollower.lines} lines`)
    say(`${looks} looks at /proc for what is told as stopped`)
    say(`at most ${memory.gatewayMib} MiB of the gateway, ${memory.supervisorMib} MiB of the supervisor`)
    return { faults, rounds: this.#rounds, kills, sessions, events, memory }
  }
}

async function epochOf({ gateway }: Stage): Promise<string> {
  const page = await gateway.call('/events', { headers: { accept: 'application/json' } })
  const { cursor } = (await page.json()) as { cursor: string }
  return cursor.split('.')[0] as string
}
