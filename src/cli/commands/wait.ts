import { Option } from 'commander'
import type { GatewayClient, Session } from '../../../clients/typescript/src/client.ts'
import { sessionId, wholeNumber } from '../arguments.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { outputFormat, outputOptions, printOne } from '../output-options.ts'
import { sayingText, sessionSentence } from '../session-words.ts'
import { tell } from '../terminal/print.ts'
import { showProgress } from '../terminal/progress.ts'

const goals = ['ready', 'completed', 'stopped'] as const

type Goal = (typeof goals)[number]

/** How long the gateway waits in one request, in milliseconds. */
const longestWaitMs = 60_000

interface WaitOptions {
  readonly for: Goal
  readonly timeout?: number
}

export function define(command: GatewayCommand): void {
  command
    .argument('<id>', 'the id of a session', sessionId)
    .addOption(new Option('--for <goal>', 'what to wait for').choices(goals).default('stopped'))
    .option('--timeout <seconds>', 'how long to wait at most; without it there is no limit', wholeNumber)
  outputOptions(clientOptions(command))
    .note('Exits with 1 if the time is over, and with 4 if the session ended otherwise than what was waited for.')
    .example('weft-gateway wait 12', 'until session 12 has stopped')
    .example('weft-gateway wait 12 --for ready --timeout 30', 'until it is ready, for 30 s at most')
    .example('weft-gateway wait 12 --for completed', 'until a job has ended; exits with 4 if it failed')
    .action(async (id: number, options: WaitOptions) => await run(command, id, options))
}

async function run(command: GatewayCommand, id: number, { for: goal, timeout }: WaitOptions): Promise<void> {
  const client = await clientOf(command)
  const hide = showProgress({
    text: `waiting until session ${id} is ${goal}`,
    told: async () => sayingText(await client.get(id))
  })
  const session = await waitUntil(client, { id, goal, deadline: deadlineAfter(timeout) }).finally(hide)
  printOne(session, outputFormat(command), shown => [sessionSentence(shown)])
  process.exitCode = isReached(session, goal) ? exitCodeOf(session, goal) : tellTimeout(goal, timeout)
}

/** @returns in epoch milliseconds */
export function deadlineAfter(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Date.now() + seconds * 1_000
}

/** @returns the exit code */
export function tellTimeout(goal: Goal, seconds = 0): 1 {
  tell(`it was not ${goal} within ${seconds} s, and goes on`)
  return 1
}

export interface Wait {
  readonly id: number
  readonly goal: Goal
  /** In epoch milliseconds; no limit if absent. */
  readonly deadline?: number | undefined
}

/** The session once it is ready or stopped, or as it is at the deadline. */
export async function waitUntil(client: GatewayClient, { id, goal, deadline = Infinity }: Wait): Promise<Session> {
  for (;;) {
    const leftMs = Math.max(0, Math.min(longestWaitMs, deadline - Date.now()))
    const session = await client.wait(id, { until: goal, waitMs: leftMs })
    if (isReached(session, goal) || Date.now() >= deadline) return session
  }
}

function isReached({ state }: Session, goal: Goal): boolean {
  return state === 'stopped' || (goal === 'ready' && state === 'running')
}

function exitCodeOf(session: Session, goal: Goal): number {
  switch (goal) {
    case 'ready':
      return session.state === 'stopped' ? 4 : 0
    case 'completed':
      return session.stop?.reason === 'completed' ? 0 : 4
    case 'stopped':
      return 0
  }
}
