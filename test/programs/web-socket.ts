type Message = Readonly<Record<string, unknown>>

/** Sends a message over a WebSocket of its own and resolves with the first answer that `wanted` finds. */
export function ask<T>(url: string, message: Message, wanted: (answer: Message) => T | undefined): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const socket = new WebSocket(url)
  const timer = setTimeout(() => reject(new Error(`no answer from ${url}`)), 30_000)
  socket.onopen = () => socket.send(JSON.stringify(message))
  socket.onerror = () => reject(new Error(`can't connect to ${url}`))
  socket.onmessage = ({ data }) => {
    const found = wanted(JSON.parse(data) as Message)
    if (found !== undefined) resolve(found)
  }
  return promise.finally(() => {
    clearTimeout(timer)
    socket.close()
  })
}
