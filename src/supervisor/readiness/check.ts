import type { ReadyInfo } from '../../session/session.ts'
import type { StreamName } from '../../session-log/record.ts'
import type { AppMessages } from '../app-messages/app-messages.ts'
import type { NotifySocket } from '../app-messages/notify-socket.ts'
import type { Output } from '../output/output.ts'
import type { ProcessHost, ProcessTree, SpawnedProcess } from '../processes/process-host.ts'
import type { Mask } from '../variables/mask.ts'

/** One way to find out whether an app is ready. */
export interface ReadinessCheck {
  /** What the app must show, as in "waited 30 s for …". */
  readonly awaited: string
  /** The app can no longer become ready once all of these are closed; empty if none is read. */
  readonly streams: readonly StreamName[]
  /** Whether the app is never ready, and done when it exits, however long that takes. */
  readonly isUntilExit?: true
  /** Whether a line means that the app is ready, if the check reads lines. Pure. */
  readonly matches?: (line: string) => boolean
  /** Where the app is expected at a port that it was not given; absent if another process can answer there, too. */
  readonly endpoint?: { readonly host: string; readonly port: number } | undefined
  /** Resolves when the app is ready, with what it reported. Rejects, or stays pending, when the start is over. */
  readonly ready: (start: Attempt) => Promise<ReadyInfo | undefined>
  /** What the program gets for it, when it is spawned. */
  readonly gives?: Gift
  /** The TCP addresses at which the app is to answer, as `address:port`. */
  readonly places?: readonly string[] | undefined
  /** What was seen last in place of readiness, as a clause; undefined if nothing was. */
  readonly lastSeen?: () => string | undefined
}

/** What a program gets so that it can report that it is ready. */
export interface Gift {
  readonly env?: Readonly<Record<string, string>>
  /** The number of a descriptor to write to. */
  readonly fd?: number
}

export interface Attempt {
  readonly tree: ProcessTree
  readonly host: ProcessHost
  /** Starts another program in the session's tree, with the environment of the app. */
  readonly spawnBeside: (argv: readonly string[]) => Promise<SpawnedProcess>
  readonly output: Output
  /** What the app says, if it is listened to. */
  readonly messages: AppMessages | undefined
  /** Aborted when the start is over. */
  readonly over: AbortSignal
  /** Reports why a line that looked like readiness does not count. */
  readonly refuse: (fault: string) => void
}

/** What a check needs to know of the session, beside its own setting. */
export interface Circumstances {
  /** The ports that the app was given. */
  readonly ports: readonly number[]
  /** Relative paths are relative to it. */
  readonly cwd: string
  /** Of `ready.notify`. */
  readonly notifySocket?: NotifySocket | undefined
  /** Hides the secrets of the app in what is told. */
  readonly mask?: Mask | undefined
}
