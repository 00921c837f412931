import type { FactInput, ProcessIdentity } from '../../protocol/fact.ts'
import type { Told } from '../../session/update.ts'
import type { NotifySockets } from '../app-messages/notify-sockets.ts'
import type { Cgroups } from '../cgroups/cgroups.ts'
import type { LimitWatch } from '../limits/limit-watch.ts'
import type { LogDisk } from '../output/log-disk.ts'
import type { Output } from '../output/output.ts'
import type { Ports } from '../ports.ts'
import type { ProcessHost, ProcessTree } from '../processes/process-host.ts'
import type { SessionFolders } from '../session-folders.ts'

/** What a session is run with, and told to. */
export interface Supervision {
  readonly host: ProcessHost
  readonly ports: Ports
  readonly folders: SessionFolders
  readonly limits: LimitWatch
  readonly notifySockets: NotifySockets
  readonly cgroups?: Cgroups | undefined
  /** Folder of this session's log. */
  readonly logFolder: string
  readonly logDisk: LogDisk
  readonly bootId: string
  /** Aborted, with a {@link StopRequest} as its reason, when the session is to stop. */
  readonly stop: AbortSignal
  /** Aborted when its tree is to be killed without grace. */
  readonly kill: AbortSignal
  /** Its output is drained from now on. */
  readonly opened: (tree: ProcessTree, output: Output) => void
  readonly record: (input: FactInput, leader?: ProcessIdentity) => void
  /** What the present run tells of itself; coalesced to one fact a second. */
  readonly tell: (told: Told) => void
  readonly warn: (line: string, omitted: number) => void
}
