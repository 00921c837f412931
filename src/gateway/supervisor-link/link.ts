import { setTimeout as delay } from 'node:timers/promises'
import { type Command, type StopOrder, stopForEarlier } from '../../protocol/commands.ts'
import type { Fact } from '../../protocol/fact.ts'
import { type HeartbeatTiming, heartbeatTiming } from '../../protocol/heartbeat.ts'
import { type Launch, laterMembers, type NewMembers } from '../../protocol/launch.ts'
import { maxMessageBytes } from '../../protocol/message-socket.ts'
import { peerCredentials } from '../../protocol/peer.ts'
import type { LogUsage, StderrLine, Welcome } from '../../protocol/reports.ts'
import { obtainSecret } from '../../protocol/secret.ts'
import { appsVersion, flushVersion, spokenVersions } from '../../protocol/version.ts'
import type { Usage } from '../../session/session.ts'
import type { StateFolder } from '../../state-folder.ts'
import { SupervisorUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Registry } from '../registry/registry.ts'
import type { AppStderr } from './app-stderr.ts'
import { Attachment, type SessionReport } from './attachment.ts'
import { connectSupervisor } from './connect.ts'
import { logLength, readEndReason } from './end-reason.ts'
import { FactRecorder } from './fact-recorder.ts'
import { LogFlushes } from './log-flushes.ts'
import { Reconciler } from './reconciler.ts'
import type { SupervisorOptions } from './start.ts'
import { UsageRequests } from './usage-requests.ts'

export interface LinkListener {
  /** Called when a supervisor is attached; the welcome has the sessions that it knows. */
  readonly attached: (welcome: Welcome) => void
  /** Called when the attached supervisor answers again after a hang. */
  readonly answers: () => void
}

export interface SupervisorLinkOptions extends SupervisorOptions {
  readonly folder: StateFolder
  readonly registry: Registry
  /** The epoch of the event log. */
  readonly epoch: string
  readonly log: Log
  readonly appStderr: AppStderr
  readonly timing?: HeartbeatTiming
  /** Called with each fact as it comes, before it is recorded. */
  readonly reported?: ((fact: Fact) => void) | undefined
}

/** Pauses between attempts to attach, in milliseconds. */
const firstPauseMs = 100
const longestPauseMs = 5_000

/** A supervisor that was lost sooner than this, in milliseconds, is likely to be lost again. */
const steadyMs = 1_000

/** The gateway's connection to the supervisor: starts it, keeps attached to it, passes launches and stops on, records facts. */
export class SupervisorLink {
  readonly #options: SupervisorLinkOptions
  readonly #closing = new AbortController()
  readonly #listeners = new Set<LinkListener>()
  readonly #reconciler: Reconciler
  readonly #flushes = new LogFlushes(flush => this.#attachment?.send(flush))
  readonly #usages = new UsageRequests(measure => this.#attachment?.send(measure))
  #greetedAt = 0
  #attachedAt: number | undefined
  /** The pause before the next attempt to attach, in milliseconds. */
  #pauseMs = 0
  /** Settles when the attachment is closed and its facts are recorded. */
  #finished: Promise<void> | undefined
  #attachment: Attachment | undefined
  /** Of the attachment. */
  #recorder: FactRecorder | undefined
  #attachments = 0
  #logUsage: Omit<LogUsage, 'type'> = { bytes: 0, droppedBytes: 0 }
  #endReason: string | undefined

  constructor(options: SupervisorLinkOptions) {
    this.#options = options
    this.#reconciler = new Reconciler({ ...options, send: command => this.#attachment?.send(command) })
  }

  /**
   * Attaches to the supervisor of the state folder, or to a new one. Resolves even if it hangs: this gateway then
   * serves without it until it answers. Rejects if no supervisor can be started or attached.
   */
  async open(): Promise<void> {
    await this.#attach()
  }

  get isUsable(): boolean {
    return this.#attachment?.state === 'attached'
  }

  /** How often a supervisor was attached. */
  get attachments(): number {
    return this.#attachments
  }

  /** When the latest supervisor was attached, in epoch milliseconds. */
  get attachedAt(): number | undefined {
    return this.#attachedAt
  }

  /** How many sessions have been stopped because the event log did not know them. */
  get unknownSessions(): number {
    return this.#reconciler.unknownSessions
  }

  /** The supervisor's last report of kept and dropped output. */
  get logUsage(): Omit<LogUsage, 'type'> {
    return this.#logUsage
  }

  /** The keys of the sessions whose end the supervisor has reported, and which is not recorded yet. */
  get unrecordedEnds(): ReadonlySet<string> {
    const ends = this.#recorder?.waiting.filter(({ input }) => input.type === 'ended') ?? []
    return new Set(ends.map(({ key }) => key))
  }

  /** The welcome of the supervisor; undefined while none is attached. */
  get welcome(): Welcome | undefined {
    return this.#attachment?.welcome
  }

  /** @throws {SupervisorUnavailable} if a launch can't be passed on now, or the supervisor is too old to run this app. */
  requireUsable(run?: NewMembers): void {
    switch (this.#attachment?.state) {
      case 'attached': {
        const fault = run && this.#unable(run)
        if (fault) throw new SupervisorUnavailable(fault)
        break
      }
      case 'silent':
        throw new SupervisorUnavailable(
          'The supervisor does not answer. Its sessions are not touched; launches wait for it.'
        )
      case 'greeting':
      case 'closed':
      case undefined:
        throw new SupervisorUnavailable('The supervisor is being restarted; try again in a moment.')
    }
  }

  /** Why the supervisor would run an app otherwise than its entry says: it is of an earlier release. */
  #unable(run: NewMembers): string | undefined {
    if ((this.welcome?.version ?? appsVersion) >= appsVersion) return undefined
    const members = laterMembers(run)
    if (members.length === 0) return undefined
    return `The supervisor is of an earlier release, which has no ${members.join(', no ')}. Stop its sessions and restart the gateway with onStop = "stop", and a new one starts.`
  }

  /** Calls `listener` each time that the link becomes usable. */
  subscribe(listener: LinkListener): void {
    this.#listeners.add(listener)
  }

  /** Tells the supervisor to run a session, which it then reports on by facts. */
  launch(launch: Launch, stopOrder?: StopOrder): void {
    const json = JSON.stringify({ type: 'launch', launch } satisfies Command)
    const unable = this.#unable(launch)
    if (unable) this.#reconciler.refuseLaunch(launch.key, unable)
    else if (Buffer.byteLength(json) > maxMessageBytes) this.#reconciler.refuseLaunch(launch.key)
    else this.#attachment?.sendJson(json)
    // A client may have stopped the session before the launch was passed on.
    if (stopOrder) this.stop(launch.key, stopOrder)
  }

  /** Tells the supervisor to stop a session; if none is attached, the stop is sent at the next attachment. */
  stop(key: string, order: StopOrder): void {
    const known = (this.welcome?.version ?? appsVersion) < appsVersion ? stopForEarlier(order) : order
    this.#attachment?.send({ type: 'stop', key, ...known })
  }

  /** @throws {SupervisorUnavailable} if the supervisor is too old to end a session after its lifetime */
  requireLifetimes(): void {
    if ((this.welcome?.version ?? appsVersion) >= appsVersion) return
    throw new SupervisorUnavailable('The supervisor is of an earlier release, which has no lifetimeMs.')
  }

  /** Tells the supervisor the lifetime of a session; if none is attached, at the next attachment. */
  bound(key: string, lifetimeMs: number | undefined): void {
    this.#attachment?.send({ type: 'lifetime', key, ...(lifetimeMs !== undefined && { lifetimeMs }) })
  }

  /** Resolves when a session's log has what it had written before this call, as far as that can be had now. */
  async flushLog(key: string): Promise<void> {
    if (this.isUsable && (this.welcome?.version ?? 0) >= flushVersion) await this.#flushes.flush(key)
  }

  /** What the processes of a session use, as of the last second; undefined if that is not known now. */
  async measure(key: string): Promise<Usage | undefined> {
    const canMeasure = this.isUsable && (this.welcome?.version ?? 0) >= appsVersion
    return canMeasure ? await this.#usages.measure(key) : undefined
  }

  /** Closes the connection; with `shutdown` the supervisor exits once no session runs. */
  async close({ shutdown }: { shutdown: boolean }): Promise<void> {
    this.#closing.abort()
    const attachment = this.#attachment
    if (shutdown && attachment?.state === 'attached') attachment.send({ type: 'shutdown' })
    else if (attachment?.state !== 'closed') attachment?.end()
    // Facts that it has already sent are recorded, also if it has ended since.
    await this.#finished
  }

  async #attach(): Promise<void> {
    const { folder, registry, epoch, timing = heartbeatTiming, log } = this.#options
    const secret = obtainSecret(folder.secret)
    const waiting = () => log.warn('waiting for the supervisor to start')
    const socket = await connectSupervisor(folder, { ...this.#options, waiting })
    if (this.#closing.signal.aborted) return void socket.destroy()
    const supervisorPid = peerCredentials(socket)?.pid
    const logStart = logLength(folder.supervisorLog)
    const { instance, acknowledged } = registry.position
    const recorder = new FactRecorder({ registry, log, acknowledge: seq => this.#attachment?.acknowledge(seq) })
    const attachment = new Attachment({
      socket,
      timing,
      hello: {
        ...{ type: 'hello', versions: spokenVersions, version: spokenVersions.max, secret, epoch, acknowledged },
        ...(instance && { instance })
      },
      welcomed: welcome => this.#welcomed(welcome),
      report: report => this.#take(report, recorder),
      waiting: () => log.warn({ supervisorPid }, 'waiting for the supervisor to answer'),
      silent: () => {
        log.error({ supervisorPid }, 'the supervisor does not answer; launches are refused until it does')
        if (this.#closing.signal.aborted) attachment.destroy()
      },
      heard: () => {
        log.info({ supervisorPid }, 'the supervisor answers again')
        for (const { answers } of this.#listeners) answers()
      }
    })
    this.#attachment = attachment
    this.#recorder = recorder
    this.#finished = attachment.closed.then(async () => {
      this.#flushes.giveUp()
      this.#usages.giveUp()
      await recorder.finish()
      this.#endReason = readEndReason(folder.supervisorLog, logStart)
    })
    await attachment.greeted
    this.#greetedAt = performance.now()
    this.#attachedAt = Date.now()
    void this.#finished.then(() => this.#reattach(attachment.error))
  }

  async #reattach(error: Error): Promise<void> {
    const { signal } = this.#closing
    const { log } = this.#options
    if (signal.aborted) return
    log.error({ err: error, ...(this.#endReason && { reason: this.#endReason }) }, 'supervisor lost')
    if (performance.now() - this.#greetedAt > steadyMs) this.#pauseMs = 0
    while (!signal.aborted) {
      if (this.#pauseMs > 0) await delay(this.#pauseMs, undefined, { signal }).catch(() => {})
      this.#pauseMs = Math.min(Math.max(2 * this.#pauseMs, firstPauseMs), longestPauseMs)
      try {
        return await this.#attach()
      } catch (err) {
        log.error({ err }, 'no supervisor can be attached now; trying again')
      }
    }
  }

  async #welcomed(welcome: Welcome): Promise<void> {
    const reconciled = this.#reconciler.welcomed(welcome, this.#endReason)
    this.#attachments++
    for (const { attached } of this.#listeners) attached(welcome)
    await reconciled
  }

  #take(report: SessionReport, recorder: FactRecorder): void {
    switch (report.type) {
      case 'fact':
        this.#options.reported?.(report)
        recorder.take(report)
        break
      case 'stderr':
        this.#takeStderr(report)
        break
      case 'logUsage':
        this.#logUsage = report
        break
      case 'notice':
        this.#options.log.warn({ from: 'supervisor' }, report.message)
        break
      case 'flushed':
        this.#flushes.flushed(report.request)
        break
      case 'measured':
        this.#usages.measured(report)
        break
      default:
        report satisfies never
    }
  }

  #takeStderr(report: StderrLine): void {
    const { registry, appStderr } = this.#options
    const session = registry.findLive(report.key)
    if (session) appStderr.take(report, session)
  }
}
