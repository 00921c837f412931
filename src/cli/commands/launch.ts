import type { GatewayClient, LaunchRequest, Session } from '../../../clients/typescript/src/client.ts'
import { duration, objectOf, pairs, wholeNumber } from '../arguments.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { typedParams } from '../launch-params.ts'
import { outputFormat, outputOptions, printOne } from '../output-options.ts'
import { hasFailed, sayingText, sessionSentence } from '../session-words.ts'
import { plainText } from '../terminal/app-text.ts'
import { print, tell } from '../terminal/print.ts'
import { showProgress } from '../terminal/progress.ts'
import { logLineText } from './log-text.ts'
import { tellLoss } from './tell-loss.ts'
import { deadlineAfter, tellTimeout, waitUntil } from './wait.ts'

interface LaunchOptions {
  readonly wait?: true
  readonly timeout?: number
  readonly label?: readonly string[]
  readonly env?: readonly string[]
  readonly param?: readonly string[]
  readonly lifetime?: number
  readonly lease?: number
  readonly attachLogs?: true
  readonly quiet?: true
}

/** Of a failed launch. */
const shownLogLines = 10

const dayMs = 86_400_000

export function define(command: GatewayCommand): void {
  command
    .argument('<app>', 'the id of an app; see weft-gateway apps')
    .option('-w, --wait', 'until the app is ready or has ended')
    .option('--timeout <seconds>', 'how long to wait at most; without it there is no limit', wholeNumber)
    .option('-l, --label <name=value>', 'a label of the session; repeatable', pairs)
    .option('-e, --env <name=value>', 'a variable for the app, one of its clientEnv; repeatable', pairs)
    .option('-p, --param <name=value>', 'a parameter of the app; repeatable', pairs)
    .option('--lifetime <time>', 'after which it is stopped, such as 1h', duration)
    .option('--lease <time>', 'after which it is stopped unless it is renewed, such as 90s', duration)
    .option('--attach-logs', 'show what the app writes until it has stopped; Ctrl-C leaves it running')
    .option('-q, --quiet', 'only the id')
  outputOptions(clientOptions(command))
    .note('With --wait and --timeout it exits with 1 if the time is over; the session goes on.')
    .note(
      'With --wait and --attach-logs it exits with 4 if the session ended before it was ready, and says why. With --attach-logs it exits with 1 if the app failed later.'
    )
    .example('weft-gateway launch demo.web --wait', 'launch, and return when it is ready')
    .example('weft-gateway launch demo.web --label user=ada --env GREETING=hello', 'with a label and a variable')
    .example('weft-gateway launch demo.pool --param size=3', 'with a parameter')
    .example('id=$(weft-gateway launch demo.web --wait --quiet)', 'use the id in a script')
    .action(async (appId: string, options: LaunchOptions) => await run(command, appId, options))
}

async function run(command: GatewayCommand, appId: string, options: LaunchOptions): Promise<void> {
  const client = await clientOf(command)
  const launched = await client.launch(await requestOf(client, appId, options))
  if (options.attachLogs) return await attach(client, launched)
  const session = options.wait ? await untilReady(client, launched, options) : launched
  if (options.quiet) print([String(session.id)])
  else printOne(session, outputFormat(command), shown => [sessionSentence(shown)])
  if (!options.wait) return
  if (session.state === 'stopped') await reportFailure(client, session)
  else if (session.state !== 'running') process.exitCode = tellTimeout('ready', options.timeout)
}

async function requestOf(
  client: GatewayClient,
  appId: string,
  { label, env, param, lifetime, lease }: LaunchOptions
): Promise<LaunchRequest> {
  return {
    appId,
    ...(label && { labels: objectOf(label) }),
    ...(env && { env: objectOf(env) }),
    ...(lifetime !== undefined && { lifetimeMs: lifetime }),
    ...(lease !== undefined && { leaseMs: lease }),
    ...(param && { params: await typedParams(client, appId, objectOf(param)) })
  }
}

async function untilReady(client: GatewayClient, session: Session, { timeout }: LaunchOptions): Promise<Session> {
  const hide = showProgress({
    text: `starting ${session.appId} as session ${session.id}`,
    told: async () => sayingText(await client.get(session.id)),
    usualMs: usualReadyMs(client, session.appId)
  })
  return await waitUntil(client, { id: session.id, goal: 'ready', deadline: deadlineAfter(timeout) }).finally(hide)
}

/** The median of the last hour, or else of the last day. A token that may launch need not be allowed to read. */
async function usualReadyMs(client: GatewayClient, appId: string): Promise<number | undefined> {
  if (!process.stderr.isTTY) return undefined
  const dayAgo = new Date(Date.now() - dayMs).toISOString()
  for (const range of [{}, { from: dayAgo, bucketMs: dayMs }]) {
    const stats = await client.stats({ appIds: [appId], ...range }).catch(() => undefined)
    const usualMs = stats?.apps[0]?.readyMs.p50
    if (usualMs !== undefined) return usualMs
  }
  return undefined
}

async function reportFailure(client: GatewayClient, session: Session): Promise<void> {
  process.exitCode = 4
  const { message, reason } = session.stop ?? {}
  if (message !== undefined) tell(plainText(message))
  if (reason === 'runtimeUnset') tell('weft-gateway init declares an app in a weft-gateway.toml')
  const lines = await client.logs(session.id, { tail: shownLogLines })
  if (lines.length === 0) return
  process.stderr.write(`Its last lines:\n${lines.map(line => `  ${logLineText(line)}\n`).join('')}`)
}

async function attach(client: GatewayClient, { id, appId }: Session): Promise<void> {
  tell(`session ${id} of ${appId} is launched; Ctrl-C leaves it running`)
  for await (const line of client.followLogs(id, { after: 0, onStatus: tellLoss })) print([logLineText(line)])
  const session = await waitUntil(client, { id, goal: 'stopped' })
  tell(sessionSentence(session))
  if (hasFailed(session)) process.exitCode = session.readyAt === undefined ? 4 : 1
}
