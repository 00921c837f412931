import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import { type ClientOptions, WebSocket } from 'ws'
import { FrameReader, framed } from '../../src/gateway/weft/frames.ts'
import { type Packable, pack, unpack } from '../../src/gateway/weft/message-pack.ts'

/** Plays the page of the shell: text frames both ways. */
export class Page {
  readonly socket: WebSocket
  readonly texts: string[] = []
  readonly #arrivals: (() => void)[] = []

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', data => {
      this.texts.push(String(data))
      for (const arrived of this.#arrivals.splice(0)) arrived()
    })
  }

  static async open(t: Test, url: string, options: ClientOptions = {}): Promise<Page> {
    const socket = new WebSocket(url, options)
    const page = new Page(socket)
    t.teardown(() => socket.terminate())
    await once(socket, 'open')
    return page
  }

  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** All texts so far, once there are so many. */
  async have(count: number): Promise<string[]> {
    while (this.texts.length < count) await new Promise<void>(resolve => this.#arrivals.push(resolve))
    return this.texts
  }

  /** The first text from `start` on that has this in it. */
  async text(part: string, start = 0): Promise<string> {
    for (;;) {
      const found = this.texts.slice(start).find(text => text.includes(part))
      if (found) return found
      await this.have(this.texts.length + 1)
    }
  }
}

/** Why a WebSocket is refused: the status of the answer. */
export async function refusal(url: string, options: ClientOptions = {}): Promise<number | undefined> {
  const socket = new WebSocket(url, options)
  socket.on('error', () => {})
  const [, response] = await once(socket, 'unexpected-response')
  socket.terminate()
  return response.statusCode
}

/** Plays a client of `appd.sock`. */
export class SocketClient {
  readonly socket: Socket
  readonly #frames: AsyncIterator<Buffer>

  constructor(socket: Socket) {
    this.socket = socket
    this.#frames = framesOf(socket)
  }

  static async open(t: Test, path: string): Promise<SocketClient> {
    const socket = connect(path)
    socket.on('error', () => {})
    t.teardown(() => socket.destroy())
    await once(socket, 'connect')
    return new SocketClient(socket)
  }

  /** The body of the reply; undefined if the gateway has closed the connection instead. */
  async ask(request: Packable): Promise<Buffer | undefined> {
    this.socket.write(framed(pack(request)))
    return await this.next()
  }

  async next(): Promise<Buffer | undefined> {
    const { value } = await this.#frames.next()
    return value
  }

  async value(request: Packable): Promise<unknown> {
    const body = await this.ask(request)
    return body && unpack(body)
  }
}

async function* framesOf(socket: Socket): AsyncGenerator<Buffer> {
  const reader = new FrameReader()
  for await (const chunk of socket) yield* reader.read(chunk)
}
