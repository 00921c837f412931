import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Lock, type StateFolder, takeLock } from '../state-folder.ts'

const retryMs = 50
const answerMs = 1_000

/**
 * Makes sure that there is one supervisor: resolves with the lock if it is this process, with undefined once another one
 * has answered. @throws if another process has the lock and does not answer within `deadlineMs`.
 */
export async function becomeSupervisor(folder: StateFolder, deadlineMs: number): Promise<Lock | undefined> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const lock = takeLock(folder.path, 'supervisor.lock')
    if (lock) return lock
    if (await answers(folder.supervisorSocket)) return undefined
    if (performance.now() > deadline) {
      throw new Error(
        `another supervisor has the lock of the state folder, and does not answer on its socket: it hangs; end it (fuser ${folder.path}/supervisor.lock), and start again`
      )
    }
    await delay(retryMs)
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path, () => socket.write('{"type":"ping"}\n'))
    socket.setTimeout(answerMs, () => socket.destroy())
    socket.on('error', () => {})
    socket.on('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.on('close', () => resolve(false))
  })
}
