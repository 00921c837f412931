import { type AppMessage, boundedMs, progressText } from './message.ts'

const digits = /^\d{1,20}$/

/** What a datagram of sd_notify(3) says: assignments, one on each line. What is not known, or not well formed, is ignored. */
export function parseAssignments(datagram: string): readonly AppMessage[] {
  const messages = datagram.split('\n').flatMap(assignment => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/s.exec(assignment) ?? []
    return (name !== undefined && value !== undefined && parse(name, value)) || []
  })
  // A status says what the app does while it stops; without one that it stops is all that is known.
  const isToldMore = messages.some(({ type }) => type === 'progress')
  const isStopping = messages.some(({ type }) => type === 'stopping')
  return isStopping && !isToldMore ? [...messages, { type: 'progress', text: 'stopping' }] : messages
}

function parse(name: string, value: string): AppMessage | undefined {
  switch (name) {
    case 'READY':
      return value === '1' ? { type: 'ready' } : undefined
    case 'STOPPING':
      return value === '1' ? { type: 'stopping' } : undefined
    case 'STATUS':
      return { type: 'progress', text: progressText(value) }
    case 'WATCHDOG':
      return watchdog(value)
    case 'EXTEND_TIMEOUT_USEC':
      return digits.test(value) ? { type: 'extend', ms: milliseconds(value) } : undefined
    case 'WATCHDOG_USEC':
      return digits.test(value) ? { type: 'aliveEvery', ms: milliseconds(value) } : undefined
    case 'ERRNO':
      return /^\d{1,4}$/.test(value) ? { type: 'errno', errno: Number(value) } : undefined
    default:
      return undefined
  }
}

function watchdog(value: string): AppMessage | undefined {
  if (value === '1') return { type: 'alive' }
  return value === 'trigger' ? { type: 'stuck' } : undefined
}

function milliseconds(microseconds: string): number {
  return boundedMs(Math.ceil(Number(microseconds) / 1_000))
}
