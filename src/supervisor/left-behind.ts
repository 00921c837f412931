import { readCommand } from './processes/proc.ts'
import type { Exit, ProcessEntry } from './processes/process-host.ts'

const maxNames = 5

/** What the first process of a session left when it exited by itself, and what can be done; undefined if that is nothing. */
export function leftBehind(exit: Exit | undefined, left: readonly ProcessEntry[]): string | undefined {
  if (!exit || left.length === 0) return undefined
  const names = left.slice(0, maxNames).map(({ pid }) => readCommand(pid) || `pid ${pid}`)
  const listed = [...names, ...(left.length > maxNames ? ['…'] : [])].join(', ')
  const how = 'signal' in exit ? `was ended by ${exit.signal}` : `exited with code ${exit.exitCode}`
  const subject = left.length === 1 ? 'which was ended' : 'which were ended'
  return `its first process ${how} and left ${left.length} (${listed}) behind, ${subject}; keep it in the foreground or set daemonizes`
}
