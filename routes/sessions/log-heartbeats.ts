/** The same pieces, and `undefined` whenever there was none for `everyMs`. */
export async function* withHeartbeats<Piece>(
  pieces: AsyncGenerator<Piece>,
  everyMs: number
): AsyncGenerator<Piece | undefined> {
  try {
    for (;;) {
      let isThere = false
      let wake = () => {}
      const next = pieces.next().finally(() => {
        isThere = true
        wake()
      })
      // Its failure is thrown below.
      next.catch(() => {})
      while (!isThere) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, everyMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        if (!isThere) yield undefined
      }
      const { value, done } = await next
      if (done) return
      yield value
    }
  } finally {
    await pieces.return(undefined)
  }
}
