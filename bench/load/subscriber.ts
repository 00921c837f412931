import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

const endOfHead = Buffer.from('\r\n\r\n')
const opcodes = { text: 1, ping: 9 }
/** With the payload of the ping, at most 125 bytes, and a mask that changes nothing. */
const pongTo = (payload: Buffer) => Buffer.concat([Buffer.from([0x8a, 0x80 | payload.length, 0, 0, 0, 0]), payload])

/**
 * A WebSocket client that only listens. It looks at no more than the heads of frames, so that one process can take in
 * what a server sends to thousands. Messages are not fragmented and not compressed.
 */
export class Subscriber {
  readonly #socket: Socket
  readonly #take: (payload: Buffer) => void
  #rest: Buffer = Buffer.alloc(0)
  #closed = () => {}

  private constructor(socket: Socket, take: (payload: Buffer) => void) {
    this.#socket = socket
    this.#take = take
  }

  static async open(url: string, take: (payload: Buffer) => void, token?: string): Promise<Subscriber> {
    const { hostname, port, host, pathname, search } = new URL(url)
    const socket = connect(Number(port), hostname)
    const key = randomBytes(16).toString('base64')
    const authorization = token === undefined ? '' : `authorization: Bearer ${token}\r\n`
    const upgrade = `${authorization}host: ${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13`
    socket
      .setNoDelay(true)
      .write(`GET ${pathname}${search} HTTP/1.1\r\n${upgrade}\r\nsec-websocket-key: ${key}\r\n\r\n`)
    const subscriber = new Subscriber(socket, take)
    await subscriber.#upgraded()
    return subscriber
  }

  async #upgraded(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let head: Buffer = Buffer.alloc(0)
    const read = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf(endOfHead)
      if (end < 0) return
      const status = head.toString('latin1', 9, 12)
      if (status !== '101') return reject(new Error(`the upgrade to a WebSocket is answered with ${status}`))
      this.#socket.off('data', read).on('data', chunk => this.#read(chunk))
      resolve()
      this.#read(head.subarray(end + endOfHead.length))
    }
    this.#socket.on('data', read).on('error', reject)
    this.#socket.on('close', () => {
      reject(new Error('closed before the upgrade'))
      this.#closed()
    })
    await promise
  }

  /** Calls back if the server closes the connection. */
  onClosed(closed: () => void): void {
    this.#closed = closed
  }

  close(): void {
    this.#closed = () => {}
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (let frame = frameOf(data); frame; frame = frameOf(data)) {
      data = data.subarray(frame.end)
      if (frame.opcode === opcodes.text) this.#take(frame.payload)
      else if (frame.opcode === opcodes.ping) this.#socket.write(pongTo(frame.payload))
    }
    this.#rest = data
  }
}

/** The first frame of these bytes; undefined if it is not whole. Frames of a server have no mask. */
function frameOf(data: Buffer): { opcode: number; payload: Buffer; end: number } | undefined {
  if (data.length < 2) return undefined
  const opcode = data.readUInt8(0) & 0x0f
  const short = data.readUInt8(1) & 0x7f
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  if (data.length < start) return undefined
  const length = short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2))
  const end = start + length
  return data.length < end ? undefined : { opcode, payload: data.subarray(start, end), end }
}
