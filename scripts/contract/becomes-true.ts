/** Resolves when `isTrue` first returns true. */
export async function becomesTrue(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(resolve => setImmediate(resolve))
}
