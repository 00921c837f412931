/** Resolves when `isTrue` says so for the first time. */
export async function becomesTrue(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(resolve => setImmediate(resolve))
}
