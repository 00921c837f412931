import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessHost, ProcessTree } from './processes/process-host.ts'

/** The shortest pause between two looks at a tree, which can live for years. */
const pauseMs = 250

/** Resolves when no process of the tree is left, or when nobody waits for it any more. */
export async function treeGone(tree: ProcessTree, host: ProcessHost, over: AbortSignal): Promise<void> {
  const left = async () => !over.aborted && (await host.members(tree)).length > 0
  while (await left()) {
    await Promise.all([host.changed(tree), delay(pauseMs, undefined, { ref: false })])
  }
}
