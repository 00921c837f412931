import type { GatewayClient, Session } from '../../../clients/typescript/src/client.ts'
import { LiveSessions } from '../live-sessions.ts'
import { Screen, type Size } from '../terminal/screen.ts'
import { cut } from '../terminal/table.ts'
import type { SessionFilters } from './session-filters.ts'
import { sessionTable } from './session-table.ts'

/** Shows the live sessions until q or Ctrl-C. */
export async function watchSessions(client: GatewayClient, filters: SessionFilters): Promise<void> {
  const sessions = new LiveSessions()
  let newest = ''
  const screen = new Screen({ draw: size => linesOf(sessions.all, newest, size) })
  await screen.show(async signal => {
    const onChange = (sentence: string) => {
      newest = sentence
      screen.drawSoon()
    }
    await sessions.follow(client, filters, { signal, onChange })
  })
}

function linesOf(sessions: readonly Session[], newest: string, { rows, columns }: Size): string[] {
  // Three lines are for the head of the table, what is left out, and the newest change.
  const shown = sessions.slice(0, Math.max(1, rows - 3))
  const left = sessions.length - shown.length
  const count = `${sessions.length} ${sessions.length === 1 ? 'session' : 'sessions'}${left > 0 ? `, ${left} not shown` : ''}; q ends`
  return [...(shown.length > 0 ? sessionTable(shown, columns) : []), cut(count, columns), cut(newest, columns)]
}
