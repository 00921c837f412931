import type { Session } from '../../../clients/typescript/src/client.ts'
import { toldText } from '../../session/told-text.ts'
import { sessionId } from '../arguments.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { outputFormat, outputOptions, printOne } from '../output-options.ts'
import { sessionSentence, stateFormat } from '../session-words.ts'
import { plainText } from '../terminal/app-text.ts'
import { paint } from '../terminal/style.ts'
import { labelsText } from './session-table.ts'

export function define(command: GatewayCommand): void {
  command.argument('<id>', 'the id of a session', sessionId)
  outputOptions(clientOptions(command))
    .example('weft-gateway show 12', 'what is known of session 12')
    .example('weft-gateway show 12 --json | jq .stop', 'how it ended, for a script')
    .action(async (id: number) => {
      const client = await clientOf(command)
      printOne(await client.get(id), outputFormat(command), sessionText)
    })
}

function sessionText(session: Session): string[] {
  const { pid, port, ports, createdAt, startedAt, readyAt, stoppedAt, ready, stop, health, expiresAt } = session
  const facts = {
    created: timeText(createdAt),
    started: timeText(startedAt),
    ready: timeText(readyAt),
    stopped: timeText(stoppedAt),
    expires: expiresAt && `${timeText(expiresAt.at)}, its ${plainText(expiresAt.why)} ends then`,
    port,
    ports:
      ports &&
      Object.entries(ports)
        .map(([name, number]) => `${name} ${number}`)
        .join(', '),
    pid,
    health: health && healthText(health),
    labels: labelsText(session),
    says: plainText(toldText(session)),
    reported: ready && plainText(JSON.stringify(ready)),
    signals: stop?.signalsSent.join(', '),
    message: stop?.message && plainText(stop.message)
  }
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '')
  return [
    paint(stateFormat(session), capitalised(sessionSentence(session))),
    ...known.map(([name, value]) => `  ${paint('dim', name.padEnd(9))} ${value}`)
  ]
}

function healthText({ status, failures, since, message }: NonNullable<Session['health']>): string {
  const isFailing = status !== 'unhealthy' && failures
  const fault = isFailing ? `, but ${failures === 1 ? 'one check' : `${failures} checks`} failed` : ''
  return `${status} since ${timeText(since)}${fault}${message ? `: ${plainText(message)}` : ''}`
}

function timeText(time: string | undefined): string | undefined {
  return time && new Date(time).toLocaleString('sv-SE')
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
