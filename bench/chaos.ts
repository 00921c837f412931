import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { SpawnerName } from '../src/protocol/spawners.ts'
import { chaos } from '../test/recovery/chaos/chaos.ts'

/*
 * The chaos test for as long as it is asked to: `npm run chaos -- --kills 10000`. Exits with 1 where something was lost,
 * doubled or left.
 */

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(randomInt(2 ** 32)) },
    spawner: { type: 'string', default: 'posix-spawn' }
  }
})

const say = (line: string) => process.stdout.write(`${new Date().toISOString()} ${line}\n`)
const { kills, minutes, seed, spawner } = values
say(`seed ${seed}, ${spawner}`)
const { faults, ...figures } = await chaos({
  ...{ seed, say },
  spawner: spawner as SpawnerName,
  kills: Number(kills),
  maxMs: Number(minutes) * 60_000
})
say(JSON.stringify(figures))
for (const fault of faults) say(fault)
process.exitCode = faults.length === 0 ? 0 : 1
