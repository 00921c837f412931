import type { GatewayClient, Session } from '../../../clients/typescript/src/client.ts'
import { list, objectOf, pairs } from '../arguments.ts'
import type { GatewayCommand } from '../gateway-command.ts'

export interface SessionFilters {
  readonly app?: readonly string[]
  readonly label?: readonly string[]
}

export const liveStates: readonly Session['state'][] = ['queued', 'starting', 'running', 'restarting', 'stopping']

/** The largest page that the gateway gives. */
const pageSize = 1_000

export function sessionFilters(command: GatewayCommand): GatewayCommand {
  return command
    .option('--app <id>', 'only sessions of this app; repeatable', list)
    .option('-l, --label <name=value>', 'only sessions with this label; repeatable, then with all of them', pairs)
}

export interface Selection extends SessionFilters {
  /** All, if absent. */
  readonly states?: readonly Session['state'][] | undefined
}

export async function selectSessions(client: GatewayClient, { app, label, states }: Selection): Promise<Session[]> {
  const filter = { appIds: app, labels: label && objectOf(label), states }
  const sessions: Session[] = []
  for await (const session of client.sessions({ ...filter, limit: pageSize })) sessions.push(session)
  return sessions
}
