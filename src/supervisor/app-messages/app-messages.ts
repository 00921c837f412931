import { getSystemErrorName } from 'node:util'
import type { Launch } from '../../protocol/launch.ts'
import { hasFailed } from '../../session/failure.ts'
import type { Progress, Told } from '../../session/update.ts'
import type { Deadline } from '../deadline.ts'
import type { Output } from '../output/output.ts'
import type { ProcessHost, ProcessTree } from '../processes/process-host.ts'
import type { StopCause } from '../stop-cause.ts'
import { parseAssignments } from './assignments.ts'
import type { AppMessage } from './message.ts'
import type { NotifySocket } from './notify-socket.ts'
import { messagesIn } from './spoken-line.ts'
import { Watchdog } from './watchdog.ts'

export interface Speaker {
  readonly launch: Launch
  readonly tree: ProcessTree
  readonly host: ProcessHost
  readonly output: Output
  /** Of `ready.notify`. */
  readonly socket: NotifySocket | undefined
  readonly tell: (told: Told) => void
}

/** What an app says of itself during a run: lines of its stdout if it `speaks`, and datagrams with `ready.notify`. */
export class AppMessages {
  readonly #speaker: Speaker
  readonly #ready = Promise.withResolvers<void>()
  readonly #ending = Promise.withResolvers<StopCause>()
  readonly #watchdog: Watchdog | undefined
  readonly ready = this.#ready.promise
  /** Why the run is to end, if the app says so or is no longer heard. */
  readonly ending = this.#ending.promise
  /** What the app can put off. */
  #deadline: Deadline | undefined
  #errno: number | undefined
  #progress: Progress = {}

  constructor(speaker: Speaker) {
    this.#speaker = speaker
    const { launch, host, tree, output, socket } = speaker
    const { watchdogMs } = launch.readiness.options ?? {}
    if (watchdogMs !== undefined) {
      this.#watchdog = new Watchdog(watchdogMs, { missed: ms => this.#lost(ms), read: () => socket?.read() })
    }
    if (launch.speaks) {
      output.onLines('stdout', ({ bytes }) => {
        for (const message of messagesIn(bytes)) this.#take(message)
      })
    }
    if (socket) {
      socket.reader = {
        isMember: pid => host.owns(tree, pid),
        take: text => {
          for (const message of parseAssignments(output.mask?.text(text) ?? text)) this.#take(message)
        }
      }
    }
  }

  /** From now on the app can put off this deadline. */
  mayExtend(deadline: Deadline): void {
    this.#deadline = deadline
  }

  /** With the error that the app has reported, if the run has failed. */
  explained(cause: StopCause): StopCause {
    if (this.#errno === undefined || !hasFailed({ ...cause, ...this.#speaker.tree.exit })) return cause
    const error = `it reported ERRNO=${this.#errno}${nameOf(this.#errno)}`
    return { ...cause, message: cause.message === undefined ? error : `${cause.message}; ${error}` }
  }

  /** The app is ready: from now on it must report. */
  began(): void {
    this.#watchdog?.begin()
  }

  /** Resolves when all that it has said is read. */
  async drained(): Promise<void> {
    this.#speaker.socket?.read()
    await this.#speaker.output.drained()
  }

  /** The run is over: nothing ends it any more. */
  over(): void {
    this.#watchdog?.close()
  }

  close(): void {
    this.over()
    this.#speaker.socket?.close()
  }

  #take(message: AppMessage): void {
    switch (message.type) {
      case 'ready':
        this.#ready.resolve()
        break
      case 'extend':
        this.#deadline?.extend(message.ms)
        break
      case 'fail':
        this.#ending.resolve({ reason: 'appFailed', initiator: 'app', message: message.message })
        break
      case 'errno':
        this.#errno = message.errno
        break
      case 'alive':
        this.#watchdog?.reported()
        break
      case 'stuck':
        if (this.#watchdog) this.#ending.resolve(this.#unheard('it sent WATCHDOG=trigger'))
        break
      case 'aliveEvery':
        if (this.#watchdog) this.#watchdog.everyMs = message.ms
        break
      case 'stopping':
        this.#watchdog?.stopping(this.#speaker.launch.stopGraceMs)
        break
      case 'progress':
        this.#progressed(message)
        break
      default:
        message satisfies never
    }
  }

  /** What is not said anew stays. */
  #progressed({ type: _, ...said }: AppMessage & { type: 'progress' }): void {
    this.#progress = { ...this.#progress, ...said }
    this.#speaker.tell({ progress: this.#progress })
  }

  #lost(ms: number): void {
    this.#ending.resolve(this.#unheard(`it sent no WATCHDOG=1 for ${ms / 1_000} s`))
  }

  #unheard(message: string): StopCause {
    return { reason: 'watchdog', initiator: 'gateway', message }
  }
}

function nameOf(errno: number): string {
  try {
    return ` (${getSystemErrorName(-errno)})`
  } catch {
    return ''
  }
}
