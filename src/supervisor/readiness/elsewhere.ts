import { listeningAt } from '../processes/listeners.ts'
import type { Probed } from './probe.ts'

const maxListed = 5

/** Where a session listens, if that is not where it is awaited, as a clause. */
export async function elsewhere(
  awaited: readonly string[] | undefined,
  { tree, host }: Pick<Probed, 'tree' | 'host'>
): Promise<string | undefined> {
  if (awaited === undefined || tree.exit) return undefined
  const found = listeningAt(await host.members(tree))
  const ports = awaited.map(portOf)
  const isThere = found.some(place => awaited.includes(place) || (isAny(place) && ports.includes(portOf(place))))
  if (found.length === 0 || isThere) return undefined
  const listed = found.slice(0, maxListed).join(', ')
  const isOtherPort = !found.some(place => ports.includes(portOf(place)))
  return `it listens on ${listed}${isOtherPort ? `: is ${ports[0]} in its command, or PORT read?` : ''}`
}

function portOf(place: string): string {
  return place.slice(place.lastIndexOf(':') + 1)
}

/** Bound to all addresses of the machine. */
function isAny(place: string): boolean {
  return place.startsWith('0.0.0.0:') || place.startsWith('[::]:')
}
