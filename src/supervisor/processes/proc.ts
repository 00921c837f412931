import { hash } from 'node:crypto'
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { uptime } from 'node:os'
import { sessionKeyVariable } from '../../protocol/session-key.ts'
import type { ProcessEntry } from './process-host.ts'

/** A living process in `/proc`; see proc_pid_stat(5). */
export interface ProcEntry extends ProcessEntry {
  readonly parent: number
  /** Id of the process's Linux session: the pid of the leader that called setsid(2). */
  readonly session: number
  /** Whether a signal such as SIGSTOP holds it. */
  readonly isStopped: boolean
  /** Its CPU time and that of the children that it has waited for, in clock ticks. */
  readonly cpuTicks: number
  /** Its resident memory. */
  readonly rssBytes: number
}

/*
 * A process that is gone, or that this user may not read, is undefined or missing in the result. If that can't be found
 * out, for example if no file descriptor is free, the functions throw: the process may be alive.
 */

/** The process `pid`, or undefined if it is gone or a zombie. */
export function readProcess(pid: number): ProcEntry | undefined {
  const [state, parent, group, session, ...rest] = readStat(`/proc/${pid}/stat`)
  const threads = Number(rest[13])
  if (state === undefined || state === 'X') return undefined
  if (state === 'Z' && (threads < 2 || !livingThread(pid))) return undefined
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTime: Number(rest[15]),
    isStopped: state === 'T',
    cpuTicks: Number(rest[7]) + Number(rest[8]) + Number(rest[9]) + Number(rest[10]),
    rssBytes: Number(rest[17]) * pageBytes()
  }
}

/** AT_PAGESZ of <elf.h>. */
const auxPageSize = 6n
let knownPageBytes = 0

/** The size of a page of memory: 4 KiB on most machines, up to 64 KiB on ARM. */
function pageBytes(): number {
  knownPageBytes ||= readPageBytes()
  return knownPageBytes
}

function readPageBytes(): number {
  const pairs = new BigUint64Array(new Uint8Array(readFileSync('/proc/self/auxv')).buffer)
  const index = pairs.findIndex((name, at) => at % 2 === 0 && name === auxPageSize)
  return Number(pairs[index + 1] ?? 4_096n)
}

/** A running thread of a process whose first thread, whose state is shown as that of the process, has ended. */
function livingThread(pid: number): string | undefined {
  return list(`/proc/${pid}/task`).find(thread => {
    const [state] = readStat(`/proc/${pid}/task/${thread}/stat`)
    return state !== undefined && state !== 'Z' && state !== 'X'
  })
}

/** When `pid` was started, in clock ticks from boot; 0 if that can't be read. Zombies have a start time, too. */
export function readStartTime(pid: number): number {
  try {
    return Number(readStat(`/proc/${pid}/stat`)[19] ?? 0)
  } catch {
    return 0
  }
}

/** Clock ticks from boot to now; programs see 100 a second on every Linux. */
export function ticksNow(): number {
  return Math.round(uptime() * 100)
}

/** The fields of a `stat` file from the third on: the second is the command and may hold blanks and parentheses. */
function readStat(path: string): string[] {
  const stat = read(path)
  return stat ? stat.slice(stat.lastIndexOf(')') + 2).split(' ') : []
}

/** The session key in the environment a process was started with; undefined if it has none or may not be read. */
export function readSessionKey(pid: number): string | undefined {
  const prefix = `${sessionKeyVariable}=`
  return readEnvironment(pid)
    ?.split('\0')
    .find(entry => entry.startsWith(prefix))
    ?.slice(prefix.length)
}

/** False also during an exec; true if this user may not read it. */
export function hasEnvironment(pid: number): boolean {
  return readEnvironment(pid) !== ''
}

/** If the first thread has ended, it is read from another. */
function readEnvironment(pid: number): string | undefined {
  return read(`/proc/${pid}/environ`) || read(`/proc/${pid}/task/${livingThread(pid) ?? pid}/environ`)
}

/**
 * A number derived from the session key, for processes that clear their environment: the soft limit of file locks, which no
 * kernel since 2.4 enforces, every descendant inherits and `/proc` shows.
 */
export function markOf(key: string): number {
  return hash('sha256', key, 'buffer').readUIntBE(0, 6)
}

/** The mark a process inherited; NaN if it has none. */
export function readMark(pid: number): number {
  return Number(/^Max file locks +(\d+)/m.exec(read(`/proc/${pid}/limits`) ?? '')?.[1])
}

/** The mark that the name of its cgroup has; NaN if it is in none of a session. */
export function readCgroupMark(pid: number): number {
  return Number(/^0::.*\/weft-[0-9a-f]{12}\/(\d+)(?:\/|$)/m.exec(read(`/proc/${pid}/cgroup`) ?? '')?.[1] ?? Number.NaN)
}

/** Direct children of a process, zombies included. Throws if the kernel was built without this list. */
export function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap(thread => childrenOfThread(pid, thread))
}

/** Most processes have one thread, of which the number of links to the folder tells without a listing. */
function threadsOf(pid: number): readonly (number | string)[] {
  const path = `/proc/${pid}/task`
  return withDescriptor(() => statSync(path).nlink) === linksOfOneThread ? [pid] : list(path)
}

/** A folder has two links, and one more for each folder in it. */
const linksOfOneThread = 3

/** Our own children, zombies included: the kernel gives a subreaper's orphans to its first thread, which starts the others. */
export function ownChildren(): number[] {
  return childrenOfThread(process.pid, process.pid)
}

function childrenOfThread(pid: number, thread: number | string): number[] {
  return numbersIn(read(`/proc/${pid}/task/${thread}/children`) ?? '')
}

/** Numbers, each with a blank after it. The supervisor has a child for each session, and reads their list at each stop. */
function numbersIn(text: string): number[] {
  const numbers: number[] = []
  let number = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code !== blank) number = number * 10 + code - zero
    else {
      numbers.push(number)
      number = 0
    }
  }
  return numbers
}

const [blank, zero] = [0x20, 0x30]

/** The name of the program that a process runs, as far as it can be read. */
export function readCommand(pid: number): string {
  return read(`/proc/${pid}/comm`)?.trim() ?? ''
}

/** All the living processes that this user can see. */
export function allProcesses(): ProcEntry[] {
  return allPids().flatMap(pid => readProcess(pid) ?? [])
}

export function allPids(): number[] {
  return list('/proc')
    .filter(name => name >= '1' && name < ':')
    .map(Number)
}

export function hasProc(): boolean {
  return readProcess(process.pid) !== undefined
}

/** Identifies the boot of the machine: pids and start times are valid only within it. */
export function readBootId(): string {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
}

function read(path: string): string | undefined {
  return withDescriptor(() => {
    const file = openSync(path, 'r')
    try {
      return readAll(file)
    } finally {
      closeSync(file)
    }
  })
}

/** `readFileSync` would take a new buffer of 64 KiB for each file, most of which have some hundred bytes. */
const buffer = Buffer.allocUnsafeSlow(65_536)

function readAll(file: number): string {
  let text = ''
  for (;;) {
    const length = readSync(file, buffer)
    if (length === 0) return text
    text += buffer.toString('latin1', 0, length)
  }
}

function list(path: string): string[] {
  return withDescriptor(() => readdirSync(path)) ?? []
}

/** Reserved descriptors, released when no other is free. A signal needs two: a pidfd, and one to read a start time. */
const spares: number[] = []
keepSpares()

/** Reserves descriptors again. Call it after closing a descriptor that {@link withDescriptor} opened. */
export function keepSpares(): void {
  while (spares.length < 2) {
    const spare = withoutThrow(() => openSync('/dev/null', 'r'), 'EMFILE', 'ENFILE', 'ENOENT')
    if (spare === undefined) return
    spares.push(spare)
  }
}

/** Runs `look`, with a reserved descriptor if no other is free; undefined if the file is gone or may not be read. */
export function withDescriptor<T>(look: () => T): T | undefined {
  const seen = () => withoutThrow(look, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')
  try {
    return seen()
  } catch (error) {
    const spare = spares.pop()
    if (spare === undefined) throw error
    closeSync(spare)
    try {
      return seen()
    } finally {
      keepSpares()
    }
  }
}

function withoutThrow<T>(attempt: () => T, ...codes: string[]): T | undefined {
  try {
    return attempt()
  } catch (error) {
    if (codes.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
