import type { FastifyInstance } from 'fastify'

/** What is wrong with how sessions wait for their turn, as the events tell it one by one. */
export function watchTurns({ registry }: FastifyInstance, maxStarting: number): { readonly faults: readonly string[] } {
  const faults: string[] = []
  const starting = new Set<number>()
  let queue: number[] = []
  registry.subscribe(({ type }, { id, state }) => {
    const mustWait = queue.length > 0 || starting.size >= maxStarting
    if (type === 'Launched' && (state === 'queued') !== mustWait) faults.push(`session ${id} is ${state} at once`)
    if (type === 'Starting' && queue[0] !== id) faults.push(`session ${id} overtakes ${queue[0]}`)
    if (type === 'Starting' && starting.size >= maxStarting) faults.push(`session ${id} is one too many`)
    queue = state === 'queued' ? [...queue, id] : queue.filter(other => other !== id)
    if (state === 'starting') starting.add(id)
    else starting.delete(id)
  })
  return { faults }
}
