import { Option } from 'commander'
import type { GatewayClient, LogLine } from '../../../clients/typescript/src/client.ts'
import { sessionId, wholeNumber } from '../arguments.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { type OutputFormat, outputFormat, outputOptions, printAll } from '../output-options.ts'
import { sessionSentence } from '../session-words.ts'
import { print, tell } from '../terminal/print.ts'
import { paint } from '../terminal/style.ts'
import { clockTime } from './clock-time.ts'
import { logLineText } from './log-text.ts'
import { tellLoss } from './tell-loss.ts'

interface LogsOptions {
  readonly follow?: true
  readonly tail?: number
  readonly stream?: 'stdout' | 'stderr'
  readonly timestamps?: true
}

export function define(command: GatewayCommand): void {
  command
    .argument('<id>', 'the id of a session', sessionId)
    .option('-f, --follow', 'go on until the session has stopped')
    .option('-n, --tail <lines>', 'only this many of the newest lines; 200 by default', wholeNumber)
    .addOption(new Option('--stream <stream>', 'only what was written to this stream').choices(['stdout', 'stderr']))
    .option('-t, --timestamps', 'with the time of each line')
  outputOptions(clientOptions(command))
    .note('With --follow both --json and -o jsonl print one JSON value on each line.')
    .example('weft-gateway logs 12', 'the newest lines of session 12')
    .example('weft-gateway logs 12 --follow --tail 0', 'what it writes from now on')
    .example('weft-gateway logs 12 --stream stderr -o jsonl', 'the lines of stderr, with time and number')
    .action(async (id: number, options: LogsOptions) => await run(command, id, options))
}

async function run(command: GatewayCommand, id: number, options: LogsOptions): Promise<void> {
  const client = await clientOf(command)
  const format = outputFormat(command)
  const toText = (line: LogLine) =>
    options.timestamps ? `${paint('dim', clockTime(line.time))}  ${logLineText(line)}` : logLineText(line)
  const { tail, stream } = options
  const range = { ...(tail !== undefined && { tail }), ...(stream && { stream }) }
  if (!options.follow) return printAll(await client.logs(id, range), format, lines => lines.map(toText))
  // The stream would try again for ever to reach a gateway that is not there.
  await client.get(id)
  for await (const line of client.followLogs(id, { ...range, onStatus: tellLoss }))
    print([format === 'text' ? toText(line) : JSON.stringify(line)])
  await tellEnd(client, id, format)
}

async function tellEnd(client: GatewayClient, id: number, format: OutputFormat): Promise<void> {
  if (format === 'text' && process.stderr.isTTY) tell(sessionSentence(await client.get(id)))
}
