import { constants } from 'node:os'
import koffi from 'koffi'
import { SystemCallFailed } from './system-call-failed.ts'
import type { Rusage } from './usage-meter.ts'

/* The calls of libc that Node lacks, on Linux. Loading this file fails where koffi does not work. */

// From <fcntl.h>, <spawn.h>, <sys/wait.h>, <sys/resource.h>, <sys/prctl.h>, <linux/close_range.h>, <linux/sched.h>, <linux/time.h>, <asm/ioctls.h> and <asm/unistd.h>, the
// same on every Linux that Node is built for.
const O_CLOEXEC = 0o2000000
const O_RDWR = 0o2
const TIOCSWINSZ = 0x5414
const POSIX_SPAWN_SETSIGDEF = 0x04
const POSIX_SPAWN_SETSIGMASK = 0x08
const POSIX_SPAWN_SETSID = 0x80
const WNOHANG = 1
const PR_SET_CHILD_SUBREAPER = 36
const CLOSE_RANGE_CLOEXEC = 4
const SCHED_OTHER = 0
const SCHED_RESET_ON_FORK = 0x40000000
const CLOCK_BOOTTIME = 7
const SYS_pidfd_send_signal = 424
const SYS_pidfd_open = 434

export const RLIMIT_NOFILE = 7
export const RLIMIT_LOCKS = 10

export interface Limits {
  readonly soft: bigint
  readonly hard: bigint
}

export interface Pipe {
  readonly read: number
  readonly write: number
}

/** Larger than the opaque structures of any libc. */
const opaque = () => Buffer.alloc(512)

/** Signal sets are at most 1024 bits. */
const noSignals = Buffer.alloc(128)
const allSignals = Buffer.alloc(128, 0xff)

const libc = koffi.load(null)
const prctl = libc.func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)')
const close_range = libc.func('int close_range(unsigned int, unsigned int, int)')
const sched_getscheduler = libc.func('int sched_getscheduler(int)')
const sched_setscheduler = libc.func('int sched_setscheduler(int, int, const int *parameters)')
const getrlimit = libc.func('int getrlimit(int, _Out_ uint64_t *)')
const setrlimit = libc.func('int setrlimit(int, const uint64_t *)')
const prlimit = libc.func('int prlimit(int pid, int, const uint64_t *, void *)')
const clock_gettime = libc.func('int clock_gettime(int, _Out_ long *seconds_and_nanoseconds)')
const pipe2 = libc.func('int pipe2(_Out_ int *ends, int flags)')
const unlockpt = libc.func('int unlockpt(int)')
const ptsname_r = libc.func('int ptsname_r(int, void *name, size_t length)')
const ioctl = libc.func('int ioctl(int, unsigned long, const uint16_t *)')
const wait4 = libc.func('int wait4(int pid, _Out_ int *status, int options, void *usage)')
// Older versions of libc have no wrappers for the system calls of pidfds.
const syscall = libc.func('long syscall(long, long, long, long, long)')
const posix_spawn = libc.func(
  'int posix_spawn(_Out_ int *pid, const char *path, void *actions, void *attributes, const char **argv, const char **envp)'
)
const posix_spawn_file_actions_init = libc.func('int posix_spawn_file_actions_init(void *)')
const posix_spawn_file_actions_destroy = libc.func('int posix_spawn_file_actions_destroy(void *)')
const addopen = libc.func('int posix_spawn_file_actions_addopen(void *, int, const char *, int, uint32_t)')
const adddup2 = libc.func('int posix_spawn_file_actions_adddup2(void *, int, int)')
const addchdir = libc.func('int posix_spawn_file_actions_addchdir_np(void *, const char *)')
const posix_spawnattr_init = libc.func('int posix_spawnattr_init(void *)')
const setflags = libc.func('int posix_spawnattr_setflags(void *, int16_t)')
const setsigdefault = libc.func('int posix_spawnattr_setsigdefault(void *, void *)')
const setsigmask = libc.func('int posix_spawnattr_setsigmask(void *, void *)')

export function becomeSubreaper(): void {
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

/** Sets close-on-exec on inherited descriptors, except standard streams, so that apps do not inherit them. */
export function closeInheritedOnExec(): void {
  close_range(3, 0x7fffffff, CLOSE_RANGE_CLOEXEC)
}

/** From now on children of this thread start with nice 0 if its own value is negative. False if the system refuses. */
export function resetNiceOnFork(): boolean {
  if (sched_getscheduler(0) !== SCHED_OTHER) return false
  return sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, Int32Array.of(0)) === 0
}

export function readLimits(resource: number): Limits {
  const limits = [0n, 0n]
  getrlimit(resource, limits)
  return { soft: BigInt(limits[0] as bigint), hard: BigInt(limits[1] as bigint) }
}

/** Sets limits of this process, or of another. Does nothing if the system refuses. */
export function setLimits(resource: number, { soft, hard }: Limits, pid?: number): void {
  const limits = BigUint64Array.of(soft, hard)
  if (pid === undefined) setrlimit(resource, limits)
  else prlimit(pid, resource, limits, null)
}

/** @throws {SystemCallFailed} */
export function makePipe(): Pipe {
  const ends = [0, 0]
  if (pipe2(ends, O_CLOEXEC) !== 0) throw new SystemCallFailed(koffi.errno())
  return { read: ends[0] as number, write: ends[1] as number }
}

export interface TerminalSize {
  readonly rows: number
  readonly columns: number
}

/** Unlocks the terminal of an open /dev/ptmx and returns its path. @throws {SystemCallFailed} */
export function unlockTerminal(master: number): string {
  if (unlockpt(master) !== 0) throw new SystemCallFailed(koffi.errno())
  const name = Buffer.alloc(64)
  const errno = ptsname_r(master, name, name.length)
  if (errno !== 0) throw new SystemCallFailed(errno)
  return name.toString('latin1', 0, name.indexOf(0))
}

/** The programs of its foreground group get SIGWINCH if it differs. @throws {SystemCallFailed} */
export function resizeTerminal(master: number, { rows, columns }: TerminalSize): void {
  if (ioctl(master, TIOCSWINSZ, Uint16Array.of(rows, columns, 0, 0)) !== 0) throw new SystemCallFailed(koffi.errno())
}

export interface ReapedChild {
  readonly pid: number
  readonly status: number
  readonly usage: Rusage
}

/** A struct rusage: times in seconds and microseconds, then the greatest resident memory in KiB. */
const rusage = new BigInt64Array(opaque().buffer)

/** Reaps a child that has ended, if there is one. */
export function reapChild(): ReapedChild | undefined {
  const status = [0]
  const pid = wait4(-1, status, WNOHANG, rusage)
  if (pid <= 0) return undefined
  const [userS = 0n, userUs = 0n, systemS = 0n, systemUs = 0n, maxRssKib = 0n] = rusage
  const cpuMs = Number(userS + systemS) * 1_000 + Number(userUs + systemUs) / 1_000
  return { pid, status: status[0] as number, usage: { cpuMs, maxRssBytes: Number(maxRssKib) * 1_024 } }
}

/** Clock ticks from boot to now: a call without a system call, where `os.uptime` reads a file of /proc. */
export function ticksNow(): number {
  const time = [0, 0]
  clock_gettime(CLOCK_BOOTTIME, time)
  const [seconds = 0, nanoseconds = 0] = time
  return 100 * seconds + Math.floor(nanoseconds / 10_000_000)
}

/** Opens a descriptor that refers to this process even if its pid is reused. @throws {SystemCallFailed} */
export function openPidfd(pid: number): number {
  const fd = Number(syscall(SYS_pidfd_open, pid, 0, 0, 0))
  if (fd < 0) throw new SystemCallFailed(koffi.errno())
  return fd
}

/** @throws {SystemCallFailed} */
export function signalPidfd(fd: number, signal: NodeJS.Signals): void {
  if (Number(syscall(SYS_pidfd_send_signal, fd, constants.signals[signal], 0, 0)) !== 0) {
    throw new SystemCallFailed(koffi.errno())
  }
}

/** What a new process has as its stdin, stdout and stderr. */
export type SpawnStreams =
  /** /dev/null if `stdin` is absent. */
  | { readonly stdin?: number | undefined; readonly stdout: number; readonly stderr: number }
  /** The path of a terminal, which becomes its controlling one. */
  | { readonly terminal: string }

export interface SpawnCall {
  readonly file: string
  readonly argv: readonly string[]
  readonly env: readonly string[]
  readonly cwd: string
  readonly streams: SpawnStreams
  /** One more descriptor, and the number that it has in the new process. */
  readonly extra?: { readonly from: number; readonly to: number } | undefined
}

/**
 * posix_spawn(3): a new session, no signal blocked or ignored (Node ignores SIGPIPE, and what is ignored stays ignored
 * over exec). @throws {SystemCallFailed} also if exec fails.
 */
export function spawnProcess({ file, argv, env, cwd, streams, extra }: SpawnCall): number {
  const actions = opaque()
  posix_spawn_file_actions_init(actions)
  addStreams(actions, streams)
  // Last: its number can be that of a descriptor which is duplicated before.
  if (extra) adddup2(actions, extra.from, extra.to)
  addchdir(actions, cwd)
  const pid = [0]
  const errno = posix_spawn(pid, file, actions, attributes, [...argv, null], [...env, null])
  posix_spawn_file_actions_destroy(actions)
  if (errno !== 0) throw new SystemCallFailed(errno)
  return pid[0] as number
}

/** The leader of a session gets the first terminal that it opens as its controlling one. */
function addStreams(actions: Buffer, streams: SpawnStreams): void {
  if ('terminal' in streams) {
    addopen(actions, 0, streams.terminal, O_RDWR, 0)
    adddup2(actions, 0, 1)
    adddup2(actions, 0, 2)
    return
  }
  const { stdin, stdout, stderr } = streams
  if (stdin === undefined) addopen(actions, 0, '/dev/null', 0, 0)
  else adddup2(actions, stdin, 0)
  adddup2(actions, stdout, 1)
  adddup2(actions, stderr, 2)
}

const attributes = opaque()
posix_spawnattr_init(attributes)
setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
setsigdefault(attributes, allSignals)
setsigmask(attributes, noSignals)
