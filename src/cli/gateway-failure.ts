import { ConnectionError, GatewayProblem, TimeoutError, UnexpectedAnswer } from '../../clients/typescript/src/client.ts'
import type { ExitCode } from './exit-codes.ts'
import { Unreachable } from './gateway-fetch.ts'
import { plainText } from './terminal/app-text.ts'

interface Failure {
  readonly text: string
  readonly exitCode: ExitCode
}

/** Why a call of the gateway failed, for people; undefined if `error` is not of a call. */
export function gatewayFailure(error: Error): Failure | undefined {
  if (error instanceof GatewayProblem) return problemFailure(error)
  const unreachable = causesOf(error).find(cause => cause instanceof Unreachable)
  if (unreachable) return { text: unreachable.message, exitCode: 5 }
  if (error instanceof UnexpectedAnswer) return { text: plainText(error.message), exitCode: 5 }
  const isLost = error instanceof ConnectionError || error instanceof TimeoutError
  return isLost ? { text: 'the connection to the gateway is lost', exitCode: 5 } : undefined
}

function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : []
}

function problemFailure({ code, status, problem }: GatewayProblem): Failure {
  const { title, detail, errors = [] } = problem
  // One alone is in the detail already.
  const faults = errors.length > 1 ? errors.map(fault => `\n  ${fault.pointer}: ${fault.detail}`).join('') : ''
  return { text: `${plainText(`${title}: ${detail}`)}${hintOf(code)}${faults}`, exitCode: exitCodeOf(code, status) }
}

function hintOf(code: GatewayProblem['code']): string {
  switch (code) {
    case 'unauthorized':
      return process.env.WEFT_TOKEN ? ' It is that of WEFT_TOKEN.' : ' Set WEFT_TOKEN to a token of this gateway.'
    case 'app-not-found':
      return ' See weft-gateway apps.'
    case 'session-not-found':
      return ' See weft-gateway ps --all.'
    default:
      return ''
  }
}

function exitCodeOf(code: GatewayProblem['code'], status: number): ExitCode {
  if (code === 'launch-failed') return 4
  switch (status) {
    case 400:
    case 422:
      return 64
    case 401:
    case 403:
    case 421:
      return 77
    case 404:
      return 3
    default:
      return 1
  }
}
