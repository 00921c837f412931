import { Option } from 'commander'
import type { Session } from '../../../clients/typescript/src/client.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { outputFormat, outputOptions, printAll } from '../output-options.ts'
import { outputWidth, print, tell } from '../terminal/print.ts'
import { WrongUsage } from '../wrong-usage.ts'
import { liveStates, type SessionFilters, selectSessions, sessionFilters } from './session-filters.ts'
import { sessionTable } from './session-table.ts'

interface PsOptions extends SessionFilters {
  readonly all?: true
  readonly state?: readonly Session['state'][]
  readonly quiet?: true
  readonly watch?: true
}

export function define(command: GatewayCommand): void {
  sessionFilters(command)
    .option('-a, --all', 'also sessions that have stopped')
    .addOption(
      new Option('-s, --state <state...>', 'only sessions in these states')
        .choices([...liveStates, 'stopped'])
        .conflicts('all')
    )
    .option('-q, --quiet', 'only the ids')
    .option('-w, --watch', 'show every change as it happens, until Ctrl-C; on a terminal')
  outputOptions(clientOptions(command))
    .example('weft-gateway ps', 'the sessions that are not stopped')
    .example('weft-gateway ps --all --app demo.web', 'all that is known of one app')
    .example('weft-gateway ps --watch --label user=ada', 'watch the sessions with a label')
    .example("weft-gateway ps -o jsonl | jq -r 'select(.port) | .port'", 'use the list in a script')
    .action(async (options: PsOptions) => await run(command, options))
}

async function run(command: GatewayCommand, options: PsOptions): Promise<void> {
  const format = outputFormat(command)
  const client = await clientOf(command)
  if (options.watch) {
    if (!process.stdout.isTTY || format !== 'text' || options.all || options.state || options.quiet) {
      throw new WrongUsage(
        '--watch shows the sessions that are not stopped on a terminal; for scripts there is events --follow'
      )
    }
    // The stream would try again for ever to reach a gateway that is not there.
    await client.list({ limit: 1 })
    const { watchSessions } = await import('./ps-watch.ts')
    return await watchSessions(client, options)
  }
  const states = options.all ? undefined : (options.state ?? liveStates)
  const sessions = await selectSessions(client, { ...options, states })
  if (options.quiet) return print(sessions.map(({ id }) => String(id)))
  printAll(sessions, format, shown => (shown.length > 0 ? sessionTable(shown, outputWidth()) : []))
  if (sessions.length === 0 && format === 'text') tell(emptyText(options))
}

function emptyText({ all, app, label, state }: PsOptions): string {
  if (app || label || state) return 'there is no such session'
  return all ? 'there is no session yet' : 'no session runs; ps --all shows those that have stopped'
}
