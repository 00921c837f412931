import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const lookEveryMs = 1_000
/** CPU time between two looks up to which the process is quiet: 2 % of a processor. */
const quietMs = 20
/** After so many quiet looks: the collection also forgets compiled code, which a process that is soon busy again would miss. */
const quietLooksWanted = 5
/** CPU time after which it is worth while. */
const busyMs = 100
/** The collection of a larger heap would stop the event loop for too long. */
const maxHeapBytes = 128 * 1_048_576
const minGarbageBytes = 2 * 1_048_576
/** A pause of some length is followed by at least so many times that length without one. */
const pauseFactor = 50

/**
 * V8 collects garbage only when it needs memory, and glibc keeps what was freed, so that a process which was busy once stays
 * large. From now on this one gives memory back to the system each time that it has been busy and is quiet again.
 */
export async function giveBackMemoryWhenQuiet(): Promise<void> {
  const trim = await bindTrim()
  const garbage = new Garbage()
  let usedMs = Number.POSITIVE_INFINITY
  let lookedAtMs = cpuMs()
  let quietLooks = 0
  setInterval(() => {
    const newMs = cpuMs() - lookedAtMs
    lookedAtMs += newMs
    usedMs += newMs
    quietLooks = newMs > quietMs ? 0 : quietLooks + 1
    if (quietLooks < quietLooksWanted || usedMs < busyMs || garbage.isTooSoon) return
    garbage.collect()
    trim(0)
    usedMs = 0
    lookedAtMs = cpuMs()
  }, lookEveryMs).unref()
}

class Garbage {
  #keptBytes = 0
  #notBefore = 0

  get isTooSoon(): boolean {
    return performance.now() < this.#notBefore
  }

  collect(): void {
    const { used_heap_size: bytes } = getHeapStatistics()
    if (bytes > maxHeapBytes || bytes < this.#keptBytes + minGarbageBytes) return
    const begin = performance.now()
    collectAll()
    this.#keptBytes = getHeapStatistics().used_heap_size
    const end = performance.now()
    this.#notBefore = end + pauseFactor * (end - begin)
  }
}

/** Also gives back the pages of the heap that it empties, which other collections keep. */
function collectAll(): void {
  setFlagsFromString('--expose-gc')
  const collect: NonNullable<typeof gc> = runInNewContext('gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/** CPU time of all threads of this process. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Does nothing on a libc that can't do it. */
async function bindTrim(): Promise<(keptBytes: number) => void> {
  try {
    const { default: koffi } = await import('koffi')
    return koffi.load(null).func('int malloc_trim(size_t)')
  } catch {
    return () => {}
  }
}
