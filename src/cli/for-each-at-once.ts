/** Runs `act` for each of `values`, at most `count` at a time. */
export async function forEachAtOnce<Value>(
  values: readonly Value[],
  count: number,
  act: (value: Value) => Promise<void>
): Promise<void> {
  const rest = values.values()
  const worker = async () => {
    for (const value of rest) await act(value)
  }
  await Promise.all(Array.from({ length: Math.min(count, values.length) }, worker))
}
