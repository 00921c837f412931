import { CommanderError } from 'commander'
import { InvalidConfig } from '../config/faults.ts'
import type { ExitCode } from './exit-codes.ts'
import { gatewayFailure } from './gateway-failure.ts'
import { WrongUsage } from './wrong-usage.ts'

const shown = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version'])

/** Says on stderr why a command failed. Returns the exit code. */
export function report(error: Error): ExitCode {
  if (error instanceof CommanderError) return reportUsage(error)
  const { text, exitCode } = gatewayFailure(error) ?? { text: error.message, exitCode: exitCodeOf(error) }
  process.stderr.write(`weft-gateway: ${text}\n`)
  return exitCode
}

function exitCodeOf(error: Error): ExitCode {
  if (error instanceof WrongUsage) return 64
  return error instanceof InvalidConfig ? 78 : 1
}

function reportUsage({ code, exitCode, message }: CommanderError): ExitCode {
  if (!shown.has(code)) process.stderr.write(`weft-gateway: ${sentences(message)}\n`)
  return exitCode === 0 ? 0 : 64
}

/** commander writes `error: unknown option '--prot'` and, on a second line, `(Did you mean --port?)`. */
function sentences(message: string): string {
  const [fault = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const reason = /^command-argument value '.*' is invalid for argument '.*'\. (.*)$/.exec(fault)?.[1]
  if (reason) return reason
  const first = `${fault.charAt(0).toUpperCase()}${fault.slice(1).replace(/\.$/, '')}`
  return suggestion ? `${first}. ${suggestion.replace(/^\(|\)$/g, '')}` : `${first}; see --help`
}
