import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { SpawnerName } from '../../../src/protocol/spawners.ts'
import { GatewayProcess } from '../../gateway-process.ts'
import { apps } from './apps.ts'
import { residentMib, trySignal } from './processes.ts'
import type { Random } from './random.ts'

/** What either process may hold, in MiB. */
const mostMemoryMib = 400

/** How long a gateway that runs may take to be ready, on a machine with much else to do. */
const readyWithinMs = 120_000

const refusal = /Another gateway runs on the state folder/

/** What the machine says that has no process or thread left for anybody. */
const machineFull = /EAGAIN|resource temporarily unavailable/

/** No supervisor can be had by a gateway whose supervisor is killed as it starts. */
const supervisorKilled =
  /The supervisor (was ended by SIGKILL|does not answer|exited)|ECONNRESET|EPIPE|connection to the supervisor broke/i

const expected = [refusal, supervisorKilled, machineFull]

export const gatewayKills = 'kills of the gateway'
export const supervisorKills = 'kills of the supervisor'

const machineFullPauseMs = 500

/** The state folder on which gateways and supervisors are killed and started, and the gateway that has it now. */
export class Stage {
  readonly stateDir: string
  readonly spawner: SpawnerName
  readonly counts: Record<string, number> = {}
  readonly memory = { gatewayMib: 0, supervisorMib: 0 }
  #gateway: GatewayProcess
  #onStop: 'stop' | 'keep' = 'stop'

  private constructor(stateDir: string, spawner: SpawnerName) {
    this.stateDir = stateDir
    this.spawner = spawner
    this.#gateway = new GatewayProcess(stateDir)
  }

  static async open(spawner: SpawnerName): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), 'weft-')), spawner)
    await mkdir(join(stage.stateDir, 'counts'))
    return stage
  }

  get gateway(): GatewayProcess {
    return this.#gateway
  }

  get onStop(): 'stop' | 'keep' {
    return this.#onStop
  }

  get kills(): number {
    return (this.counts[gatewayKills] ?? 0) + (this.counts[supervisorKills] ?? 0)
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  /** A gateway where none runs. Others that are started at the same moment must refuse. */
  async start(random: Random, rivals = 0): Promise<void> {
    this.#onStop = random.chance(0.5) ? 'keep' : 'stop'
    await this.#configure(this.#gateway)
    while (!(await this.#tryStart(1 + rivals))) await delay(machineFullPauseMs)
  }

  /** False where none runs, for a reason that passes. */
  async #tryStart(count: number): Promise<boolean> {
    const gateways = Array.from({ length: count }, () => new GatewayProcess(this.stateDir))
    const results = await Promise.allSettled(gateways.map(gateway => gateway.start()))
    const running = gateways.filter((_, index) => results[index]?.status === 'fulfilled')
    const [winner, ...others] = running
    if (winner) this.#gateway = winner
    for (const other of others) await other.signal('SIGKILL')
    if (others.length > 0) throw new Error('two gateways run on one state folder')
    const reasons = results.flatMap(result => (result.status === 'rejected' ? [String(result.reason)] : []))
    for (const reason of reasons) this.#countFailedStart(reason)
    if (!winner && reasons.every(reason => refusal.test(reason))) throw new Error('every gateway refuses to start')
    return winner !== undefined
  }

  #countFailedStart(reason: string): void {
    const [what] = expected.flatMap(pattern => pattern.exec(reason)?.[0] ?? [])
    if (what === undefined) throw new Error(`a gateway does not start: ${reason}`)
    this.count(`failed starts: ${what}`)
  }

  /** A gateway that is not waited for. It may be told to die at any moment of its start. */
  async startAndKill(afterMs: number): Promise<void> {
    const gateway = new GatewayProcess(this.stateDir)
    this.#gateway = gateway
    const started = gateway.start().catch(() => {})
    await delay(afterMs)
    await this.killGateway()
    await started
  }

  async killGateway(): Promise<void> {
    if (!this.#gateway.isRunning) return
    this.count(gatewayKills)
    await this.#gateway.signal('SIGKILL')
  }

  killSupervisor(pid = this.#gateway.supervisorPid()): void {
    if (pid === undefined) return
    this.count(supervisorKills)
    trySignal(pid, 'SIGKILL')
  }

  /** Until launches are taken. @throws where the gateway has ended by itself, or never gets there */
  async ready(): Promise<void> {
    const deadline = performance.now() + readyWithinMs
    for (let status = 0; status !== 200; ) {
      if (!this.#gateway.isRunning)
        throw new Error(`the gateway has ended by itself: ${this.#gateway.log.slice(-4_000)}`)
      if (performance.now() > deadline) throw new Error(`the gateway is not ready: ${this.#gateway.log.slice(-4_000)}`)
      const signal = AbortSignal.timeout(10_000)
      status = await this.#gateway.call('/readyz', { signal }).then(
        answer => answer.status,
        () => 0
      )
      if (status !== 200) await delay(20)
    }
    this.#measure()
  }

  async close(): Promise<void> {
    await this.#gateway.remove()
  }

  #measure(): void {
    const supervisor = this.#gateway.supervisorPid()
    this.memory.gatewayMib = Math.max(this.memory.gatewayMib, residentMib(this.#gateway.pid))
    this.memory.supervisorMib = Math.max(this.memory.supervisorMib, supervisor ? residentMib(supervisor) : 0)
    const { gatewayMib, supervisorMib } = this.memory
    if (Math.max(gatewayMib, supervisorMib) > mostMemoryMib) {
      throw new Error(`the gateway holds ${gatewayMib} MiB, the supervisor ${supervisorMib} MiB`)
    }
  }

  async #configure(gateway: GatewayProcess): Promise<void> {
    await gateway.configure({
      apps,
      // Launches beyond it are queued.
      limits: { maxStarting: 3 },
      server: { spawner: this.spawner, onStop: this.#onStop },
      // All that happened is looked at in the end.
      retention: { eventsMaxCount: 100_000_000, sessionsMaxCount: 10_000_000 }
    })
  }
}
