import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  readonly body: string
}

const endOfHead = Buffer.from('\r\n\r\n')

/**
 * A kept connection to an HTTP server, one request at a time. It costs a fraction of Node's own client, which would take
 * more time than what it measures. Understands only answers with a Content-Length.
 */
export class Connection {
  readonly #socket: Socket
  readonly #head: string
  #received: Buffer = Buffer.alloc(0)
  #waiting: PromiseWithResolvers<Answer> | undefined

  private constructor(socket: Socket, head: string) {
    this.#socket = socket
    this.#head = head
    socket.setNoDelay(true)
    socket.on('data', chunk => this.#take(chunk))
    socket.on('error', error => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  static async open(url: string, token?: string): Promise<Connection> {
    const { hostname, port, host } = new URL(url)
    const authorization = token === undefined ? '' : `authorization: Bearer ${token}\r\n`
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const socket = connect(Number(port), hostname, resolve).on('error', reject)
    await promise
    return new Connection(socket, `host: ${host}\r\n${authorization}`)
  }

  request(method: string, path: string, body?: string): Promise<Answer> {
    if (this.#socket.destroyed) throw new Error('the server has closed the connection')
    this.#waiting = Promise.withResolvers<Answer>()
    this.#socket.write(this.textOf(method, path, body))
    return this.#waiting.promise
  }

  /** Rejects unless it is answered with this status. */
  async expect(status: number, method: string, path: string, body?: string): Promise<string> {
    const answer = await this.request(method, path, body)
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`)
    return answer.body
  }

  textOf(method: string, path: string, body?: string): string {
    const head = `${method} ${path} HTTP/1.1\r\n${this.#head}`
    if (body === undefined) return `${head}\r\n`
    return `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  }

  close(): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const end = this.#received.indexOf(endOfHead)
    if (end < 0) return
    const head = this.#received.toString('latin1', 0, end)
    const start = end + endOfHead.length
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#received.length < start + length) return
    const body = this.#received.toString('utf8', start, start + length)
    this.#received = Buffer.alloc(0)
    this.#waiting?.resolve({ status: Number(head.slice(9, 12)), body })
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
  }
}
