import { closeSync, existsSync } from 'node:fs'
import { Socket } from 'node:net'
import { constants } from 'node:os'
import { getSystemErrorMap } from 'node:util'
import koffi from 'koffi'
import { childrenOf, markOf, type ProcEntry, readMark, readProcess, readSessionKey, readStartTime } from './proc.ts'
import { type Exit, type ProcessHost, type ProcessTree, type Program, SpawnFailed } from './process-host.ts'
import { OncePerTurn, Turn } from './turn.ts'

// From <fcntl.h>, <spawn.h>, <sys/wait.h>, <sys/resource.h>, <sys/prctl.h> and <linux/close_range.h>, the same on every
// Linux.
const O_CLOEXEC = 0o2000000
const POSIX_SPAWN_SETSIGDEF = 0x04
const POSIX_SPAWN_SETSIGMASK = 0x08
const POSIX_SPAWN_SETSID = 0x80
const WNOHANG = 1
const RLIMIT_LOCKS = 10
const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn
const PR_SET_CHILD_SUBREAPER = 36
const CLOSE_RANGE_CLOEXEC = 4

/** Larger than the opaque structures of any libc. */
const opaque = () => Buffer.alloc(512)

/** Signal sets are at most 1024 bits. */
const noSignals = Buffer.alloc(128)
const allSignals = Buffer.alloc(128, 0xff)

export function canPosixSpawn(): boolean {
  return process.platform === 'linux' && existsSync(`/proc/self/task/${process.pid}/children`)
}

/**
 * posix_spawn(3) and waitpid(2) through FFI. libc spawns like vfork, so a launch costs the same whatever the memory of
 * this process, and as child subreaper every daemonized descendant of an app becomes our own child. It reaps every
 * child of the process, so `node:child_process` must not be used beside it.
 */
export class PosixSpawnHost implements ProcessHost {
  readonly name = 'posix-spawn'
  readonly #libc = bindLibc()
  readonly #attributes = this.#libc.attributes()
  readonly #leaders = new Map<number, PosixTree>()
  readonly #trees = new Set<PosixTree>()
  readonly #turn = new Turn(500)
  readonly #strays = new OncePerTurn(() => this.#findStrays())

  constructor() {
    this.#libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    // Whatever this process inherited open must not reach the apps.
    this.#libc.close_range(3, 0x7fffffff, CLOSE_RANGE_CLOEXEC)
    process.on('SIGCHLD', () => this.#reap())
  }

  async spawn(program: Program): Promise<ProcessTree> {
    const stdout = this.#pipe()
    const stderr = this.#pipe(stdout)
    const pid = [0]
    const actions = this.#libc.actions(program.cwd, stdout.write, stderr.write)
    const environment = Object.entries(program.env).map(([name, value]) => `${name}=${value}`)
    this.#mark(BigInt(markOf(program.key)))
    const errno = this.#libc.posix_spawn(
      pid,
      program.file,
      actions,
      this.#attributes,
      [...program.argv, null],
      [...environment, null]
    )
    this.#mark(RLIM_INFINITY)
    this.#libc.posix_spawn_file_actions_destroy(actions)
    closeSync(stdout.write)
    closeSync(stderr.write)
    if (errno !== 0) {
      closeSync(stdout.read)
      closeSync(stderr.read)
      throw new SpawnFailed(describeErrno(errno))
    }
    const tree = new PosixTree(pid[0] as number, program.key, stdout.read, stderr.read)
    this.#leaders.set(tree.pid, tree)
    this.#trees.add(tree)
    return tree
  }

  survivors(tree: ProcessTree): ProcEntry[] {
    return this.#strays.value.filter(stray => this.#ownerOf(stray) === tree).flatMap(withDescendants)
  }

  changed(): Promise<void> {
    return this.#turn.next()
  }

  release(tree: ProcessTree): void {
    this.#trees.delete(tree as PosixTree)
  }

  #reap(): void {
    this.#strays.forget()
    const status = [0]
    for (let pid = this.#libc.waitpid(-1, status, WNOHANG); pid > 0; pid = this.#libc.waitpid(-1, status, WNOHANG)) {
      this.#leaders.get(pid)?.settle(decodeStatus(status[0] as number))
      this.#leaders.delete(pid)
    }
    this.#turn.end()
  }

  /** Our children that we did not start: what daemonized, and what a dead parent left behind. */
  #findStrays(dead: readonly number[] = []): ProcEntry[] {
    const pids = childrenOf(process.pid).filter(pid => !this.#leaders.has(pid))
    const strays = pids.flatMap(pid => readProcess(pid) ?? [])
    const zombies = pids.filter(pid => !strays.some(stray => stray.pid === pid))
    // What has just died may have left a child that was not ours when we looked.
    return zombies.every(pid => dead.includes(pid)) ? strays : this.#findStrays(zombies)
  }

  /**
   * By its key or, for one that cleared its environment, by its mark. By its session or group in the moment of an exec,
   * which has no environment yet, and where the machine allows no marks.
   */
  #ownerOf(stray: ProcEntry): PosixTree | undefined {
    const elders = [...this.#trees].filter(tree => tree.startTime <= stray.startTime)
    const key = readSessionKey(stray.pid)
    const mark = readMark(stray.pid)
    return (
      elders.find(tree => tree.key === key || tree.mark === mark) ??
      elders.findLast(tree => tree.pid === stray.session || tree.pid === stray.group)
    )
  }

  /** What is spawned next inherits the mark; nothing else may, this process included. */
  #mark(mark: bigint): void {
    this.#libc.setrlimit(RLIMIT_LOCKS, BigUint64Array.of(mark, RLIM_INFINITY))
  }

  #pipe(other?: Pipe): Pipe {
    const ends = [0, 0]
    if (this.#libc.pipe2(ends, O_CLOEXEC) === 0) return { read: ends[0] as number, write: ends[1] as number }
    const errno = koffi.errno()
    if (other) {
      closeSync(other.read)
      closeSync(other.write)
    }
    throw new SpawnFailed(`no pipe for its output: ${describeErrno(errno)}`)
  }
}

interface Pipe {
  readonly read: number
  readonly write: number
}

class PosixTree implements ProcessTree {
  readonly pid: number
  readonly key: string
  readonly mark: number
  readonly startTime: number
  readonly stdout: Socket
  readonly stderr: Socket
  readonly #exited = Promise.withResolvers<Exit>()
  readonly exited = this.#exited.promise
  exit: Exit | undefined

  constructor(pid: number, key: string, stdout: number, stderr: number) {
    this.pid = pid
    this.key = key
    this.mark = markOf(key)
    this.startTime = readStartTime(pid)
    this.stdout = new Socket({ fd: stdout, readable: true, writable: false })
    this.stderr = new Socket({ fd: stderr, readable: true, writable: false })
  }

  settle(exit: Exit): void {
    this.exit = exit
    this.#exited.resolve(exit)
  }
}

function withDescendants(entry: ProcEntry): ProcEntry[] {
  const children = childrenOf(entry.pid).flatMap(pid => readProcess(pid) ?? [])
  return [entry, ...children.flatMap(withDescendants)]
}

function decodeStatus(status: number): Exit {
  const signal = status & 0x7f
  return signal === 0 ? { exitCode: (status >> 8) & 0xff } : { signal: signalName(signal) }
}

function signalName(number: number): string {
  const entry = Object.entries(constants.signals).find(([, value]) => value === number)
  return entry?.[0] ?? `SIG${number}`
}

function describeErrno(errno: number): string {
  const [name, text] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, '']
  return text ? `${text} (${name})` : name
}

function bindLibc() {
  const libc = koffi.load(null)
  const posix_spawn_file_actions_init = libc.func('int posix_spawn_file_actions_init(void *)')
  const addopen = libc.func('int posix_spawn_file_actions_addopen(void *, int, const char *, int, uint32_t)')
  const adddup2 = libc.func('int posix_spawn_file_actions_adddup2(void *, int, int)')
  const addchdir = libc.func('int posix_spawn_file_actions_addchdir_np(void *, const char *)')
  const posix_spawnattr_init = libc.func('int posix_spawnattr_init(void *)')
  const setflags = libc.func('int posix_spawnattr_setflags(void *, int16_t)')
  const setsigdefault = libc.func('int posix_spawnattr_setsigdefault(void *, void *)')
  const setsigmask = libc.func('int posix_spawnattr_setsigmask(void *, void *)')
  return {
    pipe2: libc.func('int pipe2(_Out_ int *ends, int flags)'),
    prctl: libc.func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)'),
    close_range: libc.func('int close_range(unsigned int, unsigned int, int)'),
    setrlimit: libc.func('int setrlimit(int, const uint64_t *)'),
    waitpid: libc.func('int waitpid(int pid, _Out_ int *status, int options)'),
    posix_spawn: libc.func(
      'int posix_spawn(_Out_ int *pid, const char *path, void *actions, void *attributes, const char **argv, const char **envp)'
    ),
    posix_spawn_file_actions_destroy: libc.func('int posix_spawn_file_actions_destroy(void *)'),
    actions(cwd: string, stdout: number, stderr: number): Buffer {
      const actions = opaque()
      posix_spawn_file_actions_init(actions)
      addopen(actions, 0, '/dev/null', 0, 0)
      adddup2(actions, stdout, 1)
      adddup2(actions, stderr, 2)
      addchdir(actions, cwd)
      return actions
    },
    attributes(): Buffer {
      const attributes = opaque()
      posix_spawnattr_init(attributes)
      setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
      // Node ignores SIGPIPE, and what is ignored stays ignored over exec.
      setsigdefault(attributes, allSignals)
      setsigmask(attributes, noSignals)
      return attributes
    }
  }
}
