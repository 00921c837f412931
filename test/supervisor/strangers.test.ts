import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { spawners } from '../helper.ts'

const fixture = (name: string) => join(import.meta.dirname, '../fixtures', name)
const ownPids = ['--pid', '--fork', '--mount-proc']
const trees = 150

// A namespace has pids of its own, so that the test alone decides how soon one is used again.
const mayChoosePids =
  spawnSync('unshare', [...ownPids, 'sh', '-c', 'echo 300 >/proc/sys/kernel/ns_last_pid']).status === 0

for (const spawner of spawners) {
  t.test(
    `${spawner}: no process but those of a tree gets a signal, however soon pids are used again`,
    {
      skip: !mayChoosePids
    },
    t => {
      const script = `python3 ${fixture('innocents.py')} & "$0" ${fixture('stop-trees.ts')} ${spawner} ${trees}; kill $!; wait`
      const said = execFileSync('unshare', [...ownPids, 'sh', '-c', script, process.execPath], { encoding: 'utf8' })
      t.match(said, /^\d{3,} innocents, 0 ended by a signal$/m)
      t.comment(said)
      t.end()
    }
  )
}
