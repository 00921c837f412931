import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { spawnerNames } from '../src/protocol/spawners.ts'
import { acts, rareActs } from '../test/recovery/chaos/acts.ts'
import { chaos } from '../test/recovery/chaos/chaos.ts'

/*
 * The chaos test for as long as it is asked to: `npm run chaos -- --kills 10000`. Exits with 1 where something was lost,
 * doubled or left.
 */

const help = `Usage: npm run chaos -- [options]

Launches, stops and follows sessions while gateway and supervisor are killed, suspended, stopped, stopped and then killed,
killed as they start, and started twice at once. Checks after each round, and at the end, that nothing was lost, doubled
or left. Exit codes: 0 nothing was, 1 something was, and is printed.

  --kills N      end after so many kills of the gateway; 1000 by default
  --minutes N    end after so many minutes, if that is sooner
  --seed TEXT    repeat the choices of the run that printed this seed; a random one by default
  --spawner S    ${spawnerNames.join(' or ')}; ${spawnerNames[0]} by default
  --acts         print what can go wrong in a round
  --help
`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    acts: { type: 'boolean' },
    kills: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(randomInt(2 ** 32)) },
    spawner: { type: 'string', default: spawnerNames[0] }
  }
})

const say = (line: string) => process.stdout.write(`${new Date().toISOString()} ${line}\n`)
const { kills, minutes, seed } = values
const spawner = spawnerNames.find(name => name === values.spawner)
if (values.help) quit(help)
if (values.acts) quit(`${Object.keys({ ...acts, ...rareActs }).join('\n')}\n`)
if (!spawner) throw new Error(`--spawner must be one of ${spawnerNames.join(', ')}`)
say(`seed ${seed}, ${spawner}`)
const { faults, ...figures } = await chaos({
  ...{ seed, say },
  spawner,
  kills: Number(kills),
  maxMs: Number(minutes) * 60_000
})
say(JSON.stringify(figures))
for (const fault of faults) say(fault)
process.exitCode = faults.length === 0 ? 0 : 1

function quit(text: string): never {
  process.stdout.write(text)
  process.exit(0)
}
