import { Launches } from '../load/launches.ts'
import { startBareGateway } from '../servers/baselines.ts'
import { cpuMsOf } from '../servers/processes.ts'
import { makeProgram } from '../servers/program.ts'
import type { ServerProcess } from '../servers/server-process.ts'
import { startWeftGateway } from '../servers/weft-gateway.ts'
import type { Measure, Question, Values } from '../suite/question.ts'
import { median } from '../suite/statistics.ts'

const levels = [1, 16, 64]

/** What is measured in launches so many at a time, all held, and then stopped as many at a time. */
export function launchMeasures(atATime: number): readonly Measure[] {
  const at = `${atATime} at a time`
  const lower = { baseline: 'bare gateway', better: 'lower' } as const
  const higher = { baseline: 'bare gateway', better: 'higher', unit: '/s' } as const
  return [
    { name: `${at}: POST to 201`, unit: 'ms', goal: { ratio: 1 }, ...lower },
    { name: `${at}: POST to AppReady`, unit: 'ms', goal: { ratio: 1.05 }, ...lower },
    { name: `${at}: DELETE to Stopped`, unit: 'ms', goal: { ratio: 1.3 }, ...lower },
    { name: `${at}: launches`, goal: { ratio: 0.8 }, ...higher },
    { name: `${at}: stops`, goal: { ratio: 0.8 }, ...higher },
    { name: `${at}: CPU of a launch and stop`, unit: 'ms', ...lower }
  ]
}

export const launch: Question = {
  name: 'launch',
  asks: 'How long do launches and stops take, one at a time and many?',
  measures: levels.flatMap(launchMeasures),
  async prepare(size, stack) {
    const apps = { app: makeProgram(stack).quiet }
    const product = await startWeftGateway({ apps }, stack)
    const baseline = await startBareGateway({ apps }, stack)
    return await Promise.all(
      levels.map(async atATime => {
        const count = atATime === 1 ? size.pick({ quick: 10, full: 100 }) : size.pick({ quick: 96, full: 1_024 })
        return {
          product: await openRound(product, { atATime, count, stack }),
          baseline: await openRound(baseline, { atATime, count, stack })
        }
      })
    )
  }
}

export interface LaunchRound {
  readonly atATime: number
  readonly count: number
}

/** A round to be called again and again. It has been called once: the first launches run code that is not compiled yet. */
export async function openRound(
  server: ServerProcess,
  { stack, ...round }: LaunchRound & { readonly stack: AsyncDisposableStack }
): Promise<() => Promise<Values>> {
  const launches = await Launches.open(server, { atATime: round.atATime, stack })
  await launchRound(server, launches, round)
  return () => launchRound(server, launches, round)
}

/** The values of {@link launchMeasures}. */
async function launchRound(
  server: ServerProcess,
  launches: Launches,
  { atATime, count }: LaunchRound
): Promise<Values> {
  const at = `${atATime} at a time`
  const cpuBefore = cpuMsOf(server.pids)
  const start = performance.now()
  const sessions = await launches.launch(count, 'app')
  const held = performance.now()
  const stopTimes = await launches.stop(sessions.map(({ id }) => id))
  const end = performance.now()
  return {
    [`${at}: POST to 201`]: median(sessions.map(({ answeredMs }) => answeredMs)),
    [`${at}: POST to AppReady`]: median(sessions.map(({ readyMs }) => readyMs)),
    [`${at}: DELETE to Stopped`]: median(stopTimes),
    [`${at}: launches`]: (count * 1_000) / (held - start),
    [`${at}: stops`]: (count * 1_000) / (end - held),
    [`${at}: CPU of a launch and stop`]: (cpuMsOf(server.pids) - cpuBefore) / count
  }
}
