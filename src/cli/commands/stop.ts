import { createInterface } from 'node:readline/promises'
import { type GatewayClient, GatewayProblem, type Session } from '../../../clients/typescript/src/client.ts'
import { sessionIds } from '../arguments.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import { forEachAtOnce } from '../for-each-at-once.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { outputFormat, outputOptions, printAll, printOne } from '../output-options.ts'
import { report } from '../report.ts'
import { sessionSentence } from '../session-words.ts'
import { tell } from '../terminal/print.ts'
import { WrongUsage } from '../wrong-usage.ts'
import { liveStates, type SessionFilters, selectSessions, sessionFilters } from './session-filters.ts'
import { waitUntil } from './wait.ts'

interface StopOptions extends SessionFilters {
  readonly force?: true
  readonly yes?: true
  /** False with --no-wait. */
  readonly wait: boolean
}

const stopsAtOnce = 32

export function define(command: GatewayCommand): void {
  command
    .argument('[ids...]', 'the ids of sessions', sessionIds)
    .option('--force', 'SIGKILL at once, without grace')
    .option('-y, --yes', 'do not ask before many are stopped')
    .option('--no-wait', 'do not wait until they have stopped')
  outputOptions(clientOptions(sessionFilters(command)))
    .note('With --app or --label it asks before it stops more than one session; without a terminal it needs --yes.')
    .example('weft-gateway stop 12 13', 'stop two sessions, and say how they ended')
    .example('weft-gateway stop --label user=ada --yes', 'stop all sessions with a label')
    .example('weft-gateway stop 12 --force', 'kill it at once')
    .action(async (ids: readonly number[], options: StopOptions) => await run(command, ids, options))
}

async function run(command: GatewayCommand, ids: readonly number[], options: StopOptions): Promise<void> {
  const client = await clientOf(command)
  const chosen = await choose(client, ids, options)
  const format = outputFormat(command)
  const stopped: Session[] = []
  await forEachAtOnce(chosen, stopsAtOnce, async id => {
    try {
      const session = await stopOne(client, id, options)
      stopped.push(session)
      if (format !== 'json') printOne(session, format, shown => [sessionSentence(shown)])
    } catch (error) {
      process.exitCode = reportOf(error as Error, id)
    }
  })
  if (format === 'json') printAll(stopped, format, () => [])
}

function reportOf(error: Error, id: number): number {
  if (error instanceof GatewayProblem && error.code === 'session-not-found') {
    tell(`there is no session ${id}`)
    return 3
  }
  return report(error)
}

async function stopOne(client: GatewayClient, id: number, { force, wait }: StopOptions): Promise<Session> {
  const session = await client.stop(id, { force })
  return wait ? await waitUntil(client, { id, goal: 'stopped' }) : session
}

/** The sessions to stop, once the user agrees. */
async function choose(client: GatewayClient, ids: readonly number[], options: StopOptions): Promise<readonly number[]> {
  const isFiltered = options.app !== undefined || options.label !== undefined
  if (ids.length > 0 === isFiltered) throw new WrongUsage('stop needs the ids of sessions, or --app or --label instead')
  if (!isFiltered) return [...new Set(ids)]
  const sessions = await selectSessions(client, { ...options, states: liveStates })
  if (sessions.length === 0) tell('there is no such session')
  if (sessions.length > 1 && !options.yes) await requireConsent(sessions)
  return sessions.map(({ id }) => id)
}

async function requireConsent(sessions: readonly Session[]): Promise<void> {
  const apps = [...new Set(sessions.map(({ appId }) => appId))]
  const question = `Stop ${sessions.length} sessions of ${apps.slice(0, 5).join(', ')}${apps.length > 5 ? ', …' : ''}? [y/N] `
  if (!process.stdin.isTTY) throw new WrongUsage(`this would stop ${sessions.length} sessions: add --yes`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(question).finally(() => terminal.close())
  if (!/^y(es)?$/i.test(answer.trim())) throw new Error('nothing was stopped')
}
