import { setTimeout as sleep } from 'node:timers/promises'
import { Option } from 'commander'
import type { GatewayClient } from '../../../clients/typescript/src/client.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { outputFormat, outputOptions, printAll } from '../output-options.ts'
import { outputWidth, print } from '../terminal/print.ts'
import { UsageMeter } from '../usage/session-usage.ts'
import { liveStates, type SessionFilters, selectSessions, sessionFilters } from './session-filters.ts'
import { headLines, readHead } from './top-head.ts'
import { type Row, type SortName, sorted, sortNames, topTable } from './top-table.ts'

export interface TopOptions extends SessionFilters {
  readonly sort: SortName
}

/** Over this time the CPU usage of the one frame is measured, in milliseconds. */
const measureMs = 500

export function define(command: GatewayCommand): void {
  sessionFilters(command).addOption(
    new Option('--sort <order>', 'what comes first: the highest usage or age, or by name')
      .choices(sortNames)
      .default('cpu')
  )
  outputOptions(clientOptions(command))
    .note(
      'CPU, of one core, and memory are those of the process of the session and its descendants, as far as they are on this machine; processes that have left its tree are not counted. Memory that processes share counts for each.'
    )
    .note('On a terminal it goes on until q or Ctrl-C, and keys choose the order. Else it prints one frame.')
    .example('weft-gateway top', 'what the sessions use, live')
    .example('weft-gateway top --sort memory --app demo.web', 'the sessions of an app, the largest first')
    .example(
      "weft-gateway top -o jsonl | jq 'select(.usage.memoryBytes > 1e9) | .id'",
      'find large sessions in a script'
    )
    .action(async (options: TopOptions) => await run(command, options))
}

async function run(command: GatewayCommand, options: TopOptions): Promise<void> {
  const format = outputFormat(command)
  const client = await clientOf(command)
  const head = await readHead(client)
  if (process.stdout.isTTY && format === 'text') {
    const { watchUsage } = await import('./top-watch.ts')
    return await watchUsage(client, head, options)
  }
  const rows = await oneFrame(client, options)
  if (format === 'text') print([...headLines(head), '', ...topTable(rows, outputWidth())])
  else printAll(rows.map(flat), format, () => [])
}

async function oneFrame(client: GatewayClient, options: TopOptions): Promise<Row[]> {
  const sessions = await selectSessions(client, { ...options, states: liveStates })
  const meter = new UsageMeter()
  meter.measure(sessions)
  await sleep(measureMs)
  const usages = meter.measure(sessions)
  return sorted(
    sessions.map(session => ({ session, usage: usages.get(session.id) })),
    options.sort
  )
}

function flat({ session, usage }: Row): object {
  return { ...session, ...(usage && { usage }) }
}
