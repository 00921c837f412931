import { connect, type NetConnectOpts } from 'node:net'

/** Sends text to a server and collects the answer until it matches. */
export function exchange(address: NetConnectOpts, text: string, answer: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(address, () => socket.write(text))
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer like ${answer}: ${received}`)))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`closed before an answer like ${answer}: ${received}`)))
    socket.on('data', chunk => {
      received += chunk
      if (!answer.test(received)) return
      resolve(received)
      socket.destroy()
    })
  })
}
