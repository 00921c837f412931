import { randomInt } from 'node:crypto'
import t from 'tap'
import { spawners } from '../helper.ts'
import { chaos } from './chaos/chaos.ts'

/*
 * Kills, pauses, stops and starts gateway and supervisor at random moments while sessions come and go and followers of all
 * kinds follow them, and holds API, event log, logs and /proc to each other after each round. The choices repeat with
 * WEFT_CHAOS_SEED; `npm run chaos` goes on for longer.
 */

const seed = process.env.WEFT_CHAOS_SEED ?? String(randomInt(2 ** 32))
const kills = Number(process.env.WEFT_CHAOS_KILLS ?? 60)

/** On a slow machine there are fewer rounds. */
const maxMs = Number(process.env.WEFT_CHAOS_SECONDS ?? 80) * 1_000

for (const spawner of spawners) {
  t.test(
    `kill anything at any moment, with ${spawner}: nothing is lost, doubled or left`,
    { timeout: 3_600_000 },
    async t => {
      t.comment(`WEFT_CHAOS_SEED=${seed}`)
      const { faults, rounds } = await chaos({ seed, spawner, kills, maxMs, say: line => t.comment(line) })
      t.same(faults, [])
      t.ok(rounds > 0)
    }
  )
}
