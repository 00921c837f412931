// Does what makes processes hard to get rid of: ignores SIGTERM, and leaves a grandchild in a session of its own whose
// parent is gone.
import { spawn, spawnSync } from 'node:child_process'

process.on('SIGTERM', () => console.log('SIGTERM? No.'))
if (process.argv[2] === 'parent') {
  spawn(process.execPath, ['-e', 'setInterval(() => {}, 60_000)'], { detached: true, stdio: 'ignore' }).unref()
} else {
  spawnSync(process.execPath, [import.meta.filename, 'parent'])
  console.log('READY')
  setInterval(() => {}, 60_000)
}
