import type { Socket } from 'node:net'

/**
 * Calls `receive` with each JSON value that arrives, one a line. A line that is no JSON destroys the socket.
 * (`node:readline` would also cut lines at U+2028, which JSON may hold.)
 */
export function onJsonLine(socket: Socket, receive: (value: never) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    try {
      for (const line of lines) receive(JSON.parse(line) as never)
    } catch (error) {
      socket.destroy(error as Error)
    }
  })
}

export function sendJsonLine(socket: Socket, value: object): void {
  socket.write(`${JSON.stringify(value)}\n`)
}
