import { setTimeout as delay } from 'node:timers/promises'
import { Crowd } from '../load/crowd.ts'
import { Launches } from '../load/launches.ts'
import { startBareGateway } from '../servers/baselines.ts'
import { memoryOf } from '../servers/processes.ts'
import { makeProgram } from '../servers/program.ts'
import type { ServerProcess } from '../servers/server-process.ts'
import { startWeftGateway } from '../servers/weft-gateway.ts'
import type { Question, Values } from '../suite/question.ts'
import type { Size } from '../suite/size.ts'

const names = {
  idleRss: 'idle, resident',
  idleOnce: 'idle, resident, shared pages once',
  session: 'of a live session',
  churn: 'more than idle, when all are stopped again',
  client: 'of a WebSocket client'
} as const

const lower = { better: 'lower', baseline: 'bare gateway' } as const

export const memory: Question = {
  name: 'memory',
  asks: 'How much memory do all processes of a gateway take?',
  measures: [
    { name: names.idleRss, unit: 'MB', goal: { value: 100 }, ...lower },
    { name: names.idleOnce, unit: 'MB', ...lower },
    { name: names.session, unit: 'kB', goal: { value: 25 }, ...lower },
    { name: names.churn, unit: 'MB', goal: { value: 10 }, ...lower },
    { name: names.client, unit: 'kB', goal: { ratio: 1.2 }, ...lower, baseline: 'bare gateway, with ws' }
  ],
  maxRounds: 1,
  async prepare(size, stack) {
    const apps = { app: makeProgram(stack).quiet }
    const fresh = (start: typeof startWeftGateway, greetings: number) => async () => {
      await using own = new AsyncDisposableStack()
      const sessions = await sessionMemory(await start({ apps }, own), size, own)
      return { ...sessions, ...(await clientMemory(await start({ apps }, own), { size, greetings, stack: own })) }
    }
    return [{ product: fresh(startWeftGateway, 2), baseline: fresh(startBareGateway, 0) }]
  }
}

/** Idle, with sessions, and after they and others have come and gone. */
async function sessionMemory(server: ServerProcess, size: Size, stack: AsyncDisposableStack): Promise<Values> {
  const count = size.pick({ quick: 200, full: 1_000 })
  const launches = await Launches.open(server, { atATime: 16, stack })
  const idle = await settled(server)
  const { onceKb } = memoryOf(server.pids)
  let sessions = await launches.launch(count, 'app')
  const held = await settled(server)
  for (let round = 0; round < size.pick({ quick: 1, full: 5 }); round++) {
    await launches.stop(sessions.map(({ id }) => id))
    sessions = await launches.launch(count, 'app')
  }
  await launches.stop(sessions.map(({ id }) => id))
  return {
    [names.idleRss]: idle / 1_000,
    [names.idleOnce]: onceKb / 1_000,
    [names.session]: (held - idle) / count,
    [names.churn]: ((await settled(server)) - idle) / 1_000
  }
}

async function clientMemory(
  server: ServerProcess,
  { size, greetings, stack }: { readonly size: Size; readonly greetings: number; readonly stack: AsyncDisposableStack }
): Promise<Values> {
  const clients = size.pick({ quick: 200, full: 1_000 })
  const idle = await settled(server)
  await Crowd.open(`${server.url}/events`, { size: clients, greetings, stack })
  return { [names.client]: ((await settled(server)) - idle) / clients }
}

/** Resident memory in kB, once it has not changed by more than a percent for four seconds; at most for fifteen. */
async function settled(server: ServerProcess): Promise<number> {
  let last = memoryOf(server.pids).rssKb
  for (let waited = 0, steady = 0; waited < 30 && steady < 14; waited++) {
    await delay(500)
    const { rssKb } = memoryOf(server.pids)
    steady = Math.abs(rssKb - last) < last / 100 ? steady + 1 : 0
    last = rssKb
  }
  return last
}
