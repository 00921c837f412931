import { Option } from 'commander'
import {
  type Event,
  type EventFilter,
  type GatewayClient,
  GatewayProblem,
  type Session
} from '../../../clients/typescript/src/client.ts'
import { toldText } from '../../session/told-text.ts'
import { list, objectOf, pairs, sessionIds, wholeNumber } from '../arguments.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { outputFormat, outputOptions, printAll } from '../output-options.ts'
import { sessionPredicate, stateFormat } from '../session-words.ts'
import { plainText } from '../terminal/app-text.ts'
import { print } from '../terminal/print.ts'
import { paint } from '../terminal/style.ts'
import { clockTime } from './clock-time.ts'
import { tellLoss } from './tell-loss.ts'

const eventTypes: readonly Event['type'][] = [
  ...(['Launched', 'Starting', 'AppReady', 'Updated', 'Restarting', 'Stopping', 'Stopped'] as const)
]

const pageSize = 1_000

interface EventsOptions {
  readonly follow?: true
  readonly since?: string
  readonly tail?: number
  readonly type?: readonly Event['type'][]
  readonly session?: readonly number[]
  readonly app?: readonly string[]
  readonly label?: readonly string[]
}

export function define(command: GatewayCommand): void {
  command
    .option('-f, --follow', 'go on with what happens from now on')
    .addOption(new Option('--since <cursor>', 'events after this one: the id of an event').conflicts('tail'))
    .option('-n, --tail <events>', 'events of the newest so many; 20 by default, and none with --follow', wholeNumber)
    .addOption(new Option('--type <type...>', 'only events of these types').choices(eventTypes))
    .option('--session <id>', 'only events of this session; repeatable', sessionIds)
    .option('--app <id>', 'only events of this app; repeatable', list)
    .option('-l, --label <name=value>', 'only events of sessions with this label; repeatable', pairs)
  outputOptions(clientOptions(command))
    .note('With --follow both --json and -o jsonl print one JSON value on each line.')
    .example('weft-gateway events', 'what happened last')
    .example('weft-gateway events --follow --type Stopped', 'every end of a session, as it happens')
    .example('weft-gateway events --follow --since q3Zk.42 -o jsonl', 'resume a script where it was')
    .action(async (options: EventsOptions) => await run(command, options))
}

async function run(command: GatewayCommand, options: EventsOptions): Promise<void> {
  const client = await clientOf(command)
  const format = outputFormat(command)
  if (!options.follow) return printAll(await pastEvents(client, options), format, events => events.map(eventText))
  // The stream would try again for ever to reach a gateway that is not there.
  await client.me()
  const since = options.since ?? (options.tail ? await cursorBefore(client, options.tail) : undefined)
  for await (const event of client.events({ ...filtersOf(options), since, onStatus: tellLoss })) {
    print([format === 'text' ? eventText(event) : JSON.stringify(event)])
  }
}

async function pastEvents(client: GatewayClient, options: EventsOptions): Promise<Event[]> {
  const { tail = 20 } = options
  const events: Event[] = []
  for (let since = options.since ?? (await cursorBefore(client, tail)); ; ) {
    const page = await client.history({ ...filtersOf(options), limit: pageSize, since })
    events.push(...page.items)
    if (page.items.length < pageSize) return events
    since = page.cursor
  }
}

function filtersOf({ type: types, session: sessionIds, app: appIds, label }: EventsOptions): EventFilter {
  return { types, sessionIds, appIds, labels: label && objectOf(label) }
}

/** The cursor `count` events before the newest; undefined, for the oldest event, if there are not so many. */
async function cursorBefore(client: GatewayClient, count: number): Promise<string | undefined> {
  const { eventCursor } = await client.list({ limit: 1 })
  const [epoch, seq] = eventCursor.split('.')
  const since = `${epoch}.${Math.max(0, Number(seq) - count)}`
  try {
    await client.history({ since, limit: 1 })
    return since
  } catch (error) {
    if (error instanceof GatewayProblem && error.code === 'cursor-expired') return undefined
    throw error
  }
}

function eventText({ time, type, session }: Event): string {
  const name = type.padEnd(8)
  if (!session) return `${paint('dim', clockTime(time))}  ${name}`
  const what = `${session.id} ${session.appId}${happening(type, session)}`
  return `${paint('dim', clockTime(time))}  ${paint(stateFormat(session), name)}  ${what}`
}

function happening(type: Event['type'], session: Session): string {
  switch (type) {
    case 'Launched':
      return session.state === 'queued' ? ' is queued' : ''
    case 'Starting':
      return session.run !== undefined && session.run > 1
        ? ` starts run ${session.run}`
        : ' starts after its time in the queue'
    case 'Updated':
      return `: ${plainText(toldText(session)) || sessionPredicate(session)}`
    default:
      return ` ${sessionPredicate(session)}`
  }
}
