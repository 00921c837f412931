import { connect, type NetConnectOpts } from 'node:net'
import type { FuzzRequest } from './requests.ts'

/**
 * Sends the requests without waiting for answers, over one connection, or another one for what follows an answer that
 * closes it. @returns the statuses of the answers, in order
 */
export async function pipeline(target: NetConnectOpts, requests: readonly FuzzRequest[]): Promise<number[]> {
  const statuses: number[] = []
  while (statuses.length < requests.length) statuses.push(...(await exchange(target, requests.slice(statuses.length))))
  return statuses
}

async function exchange(target: NetConnectOpts, requests: readonly FuzzRequest[]): Promise<number[]> {
  const socket = connect(target)
  socket.write(Buffer.concat(requests.map((request, index) => bytesOf(request, index === requests.length - 1))))
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk)
  return statusesIn(Buffer.concat(chunks), requests)
}

function bytesOf({ method, url, headers, payload }: FuzzRequest, isLast: boolean): Buffer {
  const body = Buffer.from(payload ?? '')
  const all = { ...headers, ...(payload !== undefined && { 'content-length': body.length }) }
  const fields = Object.entries({ ...all, ...(isLast && { connection: 'close' }) })
  const head = [`${method} ${url} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), '', '']
  return Buffer.concat([Buffer.from(head.join('\r\n')), body])
}

/** @throws where the answers are not whole, or the last one does not say that it is the last */
function statusesIn(bytes: Buffer, requests: readonly FuzzRequest[]): number[] {
  const statuses: number[] = []
  let at = 0
  for (const { method } of requests) {
    const bodyAt = bytes.indexOf('\r\n\r\n', at) + 4
    const head = bytes.toString('latin1', at, bodyAt)
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1])
    if (bodyAt < 4 || !status)
      throw new Error(`answer ${statuses.length} of ${requests.length} is ${head.slice(0, 200)}`)
    statuses.push(status)
    at = method === 'HEAD' || status === 204 || status === 304 ? bodyAt : endOfBody(bytes, bodyAt, head)
    if (/^connection: close\r$/im.test(head)) break
  }
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes follow the last answer`)
  return statuses
}

function endOfBody(bytes: Buffer, start: number, head: string): number {
  const length = /^content-length: (\d+)\r$/im.exec(head)?.[1]
  if (length !== undefined) return start + Number(length)
  for (let at = start; ; ) {
    const dataAt = bytes.indexOf('\r\n', at) + 2
    const size = Number.parseInt(bytes.toString('latin1', at, dataAt), 16)
    if (dataAt < 2 || Number.isNaN(size)) throw new Error(`no chunk at ${at} of ${head}`)
    at = dataAt + size + 2
    if (size === 0) return at
  }
}
