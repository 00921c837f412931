import { Crowd } from '../load/crowd.ts'
import { Launches } from '../load/launches.ts'
import { startBareGateway } from '../servers/baselines.ts'
import { makeProgram } from '../servers/program.ts'
import type { ServerProcess } from '../servers/server-process.ts'
import { startWeftGateway } from '../servers/weft-gateway.ts'
import type { Measure, Question } from '../suite/question.ts'
import type { Size } from '../suite/size.ts'
import { launchMeasures, openRound } from './launch.ts'

const atATime = 16
const growth = 'against an empty one, '

/** What a launch beside many may cost more than in an empty gateway. */
const growthMeasures = launchMeasures(1)
  .filter(({ name }) => /AppReady|CPU/.test(name))
  .map(
    ({ name, unit, better }): Measure => ({
      ...{ unit, better, name: `${growth}${name}`, baseline: 'weft-gateway, empty', goal: { ratio: 1.1 } }
    })
  )

export const beside: Question = {
  name: 'beside',
  asks: 'The same beside 1,000 live and 5,000 stopped sessions, 500 WebSocket clients and 300 MB of heap?',
  measures: [...launchMeasures(atATime), ...growthMeasures],
  async prepare(size, stack) {
    const apps = { app: makeProgram(stack).quiet }
    const ballast = new URL(`../servers/ballast.ts?megabytes=${size.pick({ quick: 50, full: 300 })}`, import.meta.url)
    const preload = [ballast]
    const product = await fill(await startWeftGateway({ apps, preload }, stack), size, stack)
    const baseline = await fill(await startBareGateway({ apps, preload }, stack), size, stack)
    const empty = await startWeftGateway({ apps }, stack)
    const one = { atATime: 1, count: size.pick({ quick: 10, full: 100 }), stack }
    const grown = await openRound(product, one)
    await watch(product, size, stack)
    await watch(baseline, size, stack)
    const many = { atATime, count: size.pick({ quick: 48, full: 512 }), stack }
    return [
      { product: withPrefix(grown), baseline: withPrefix(await openRound(empty, one)) },
      { product: await openRound(product, many), baseline: await openRound(baseline, many) }
    ]
  }
}

async function fill(server: ServerProcess, size: Size, stack: AsyncDisposableStack): Promise<ServerProcess> {
  const launches = await Launches.open(server, { atATime: 64, stack })
  const atOnce = size.pick({ quick: 100, full: 500 })
  for (let left = size.pick({ quick: 200, full: 5_000 }); left > 0; left -= atOnce) {
    await launches.stop((await launches.launch(atOnce, 'app')).map(({ id }) => id))
  }
  await launches.launch(size.pick({ quick: 200, full: 1_000 }), 'app')
  return server
}

async function watch(server: ServerProcess, size: Size, stack: AsyncDisposableStack): Promise<void> {
  await Crowd.open(`${server.url}/events`, { size: size.pick({ quick: 50, full: 500 }), greetings: 0, stack })
}

function withPrefix(round: () => Promise<Readonly<Record<string, number>>>) {
  return async () =>
    Object.fromEntries(Object.entries(await round()).map(([name, value]) => [`${growth}${name}`, value]))
}
