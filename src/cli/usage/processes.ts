import { readdirSync, readFileSync } from 'node:fs'
import { uptime } from 'node:os'

/** Of proc(5): the unit of times, which is the same on every Linux that Node runs on. */
const ticksPerSecond = 100

export interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  /** In epoch milliseconds, exact to some hundredths of a second. */
  readonly startedMs: number
  /** Its own CPU time and that of children that it has waited for, in milliseconds. */
  readonly cpuMs: number
}

/** All processes that this user may see; none where there is no /proc. */
export function readProcesses(proc = '/proc'): ReadonlyMap<number, ProcessFacts> {
  const bootMs = Date.now() - uptime() * 1_000
  const facts = entries(proc).flatMap(name => {
    const stat = readIfThere(`${proc}/${name}/stat`)
    return stat === undefined ? [] : [[Number(name), parseStat(stat, bootMs)] as const]
  })
  return new Map(facts)
}

/** The process and its descendants. */
export function treeOf(pid: number, processes: ReadonlyMap<number, ProcessFacts>): ProcessFacts[] {
  return withDescendants(
    processes.get(pid),
    Map.groupBy(processes.values(), ({ parent }) => parent)
  )
}

export function withDescendants(
  root: ProcessFacts | undefined,
  children: ReadonlyMap<number, readonly ProcessFacts[]>
): ProcessFacts[] {
  const tree = root ? [root] : []
  // The list grows while it is walked.
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

/** Its resident memory; 0 if it has ended. */
export function residentBytes(pid: number, proc = '/proc'): number {
  const [, kilobytes = '0'] = /^VmRSS:\s+([0-9]+) kB$/m.exec(readIfThere(`${proc}/${pid}/status`) ?? '') ?? []
  return Number(kilobytes) * 1_024
}

function entries(proc: string): string[] {
  try {
    return readdirSync(proc).filter(name => /^[0-9]+$/.test(name))
  } catch {
    return []
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** The name, in parentheses, can contain spaces and parentheses itself. */
function parseStat(stat: string, bootMs: number): ProcessFacts {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ms = (index: number) => (Number(fields[index]) * 1_000) / ticksPerSecond
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(fields[1]),
    startedMs: bootMs + ms(19),
    cpuMs: ms(11) + ms(12) + ms(13) + ms(14)
  }
}
