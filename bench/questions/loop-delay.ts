import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startBareGateway } from '../servers/baselines.ts'
import { makeProgram } from '../servers/program.ts'
import type { ServerProcess } from '../servers/server-process.ts'
import { startWeftGateway } from '../servers/weft-gateway.ts'
import type { Question, Values } from '../suite/question.ts'
import { openRound } from './launch.ts'

const atATime = 64
const p99 = 'p99 of the event loop’s delay'

export const loopDelay: Question = {
  name: 'loop-delay',
  asks: `How long does the event loop of a gateway block while ${atATime} launch and stop at a time?`,
  measures: [{ name: p99, unit: 'ms', better: 'lower', baseline: 'bare gateway', goal: { value: 10 } }],
  async prepare(size, stack) {
    const apps = { app: makeProgram(stack).quiet }
    const count = size.pick({ quick: 192, full: 2_048 })
    const side = async (start: typeof startWeftGateway) => {
      const probe = new Probe(stack)
      const server = await start({ apps, preload: [probe.module] }, stack)
      const round = await openRound(server, { atATime, count, stack })
      return async (): Promise<Values> => {
        await probe.read(server)
        await round()
        return { [p99]: await probe.read(server) }
      }
    }
    return [{ product: await side(startWeftGateway), baseline: await side(startBareGateway) }]
  }
}

class Probe {
  readonly module: URL
  readonly #file: string

  constructor(stack: AsyncDisposableStack) {
    const folder = mkdtempSync(join(tmpdir(), 'weft-bench-'))
    stack.defer(() => rmSync(folder, { recursive: true, force: true }))
    this.#file = join(folder, 'delay')
    this.module = new URL('../servers/loop-delay.ts', import.meta.url)
    this.module.searchParams.set('file', this.#file)
  }

  /** Since it was last read. */
  async read({ pid }: ServerProcess): Promise<number> {
    process.kill(pid, 'SIGUSR2')
    let text = ''
    // The file is there a moment before its content is.
    while (text === '') {
      await delay(5)
      text = existsSync(this.#file) ? readFileSync(this.#file, 'utf8') : ''
    }
    rmSync(this.#file)
    return Number(text)
  }
}
