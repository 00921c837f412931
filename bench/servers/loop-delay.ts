import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/*
 * Loaded before a server: at each SIGUSR2 writes the 99th percentile of the delay of its event loop since the last one, in
 * milliseconds, into the file that `?file=` names.
 */

const file = new URL(import.meta.url).searchParams.get('file')
const delays = monitorEventLoopDelay({ resolution: 1 })
delays.enable()
process.on('SIGUSR2', () => {
  if (file) writeFileSync(file, String(delays.percentile(99) / 1e6), { flag: 'wx' })
  delays.reset()
})
