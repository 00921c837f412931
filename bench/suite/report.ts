import { cpus, loadavg, release } from 'node:os'
import type { Answer } from './result.ts'
import type { Size } from './size.ts'

/** One run of the suite, as `--json` prints it. */
export interface Report {
  readonly run: Run
  readonly answers: readonly Answer[]
}

/** What figures depend on besides the gateway. */
export interface Run {
  readonly time: string
  readonly size: Size['name']
  readonly node: string
  readonly kernel: string
  readonly cpus: string
  /** Of the last minute, when the run began. More than 0.5 for each CPU: others were at work. */
  readonly load: number
}

export function describeRun({ name }: Size): Run {
  const [cpu] = cpus()
  return {
    time: new Date().toISOString(),
    size: name,
    node: process.version,
    kernel: release(),
    cpus: `${cpus().length} × ${cpu?.model}`,
    load: Number((loadavg()[0] ?? 0).toFixed(2))
  }
}

export function titleOf({ time, size, node, kernel, cpus, load }: Run): string {
  return `${time}, ${size}, Node ${node}, Linux ${kernel}, ${cpus}, load ${load}\n`
}
