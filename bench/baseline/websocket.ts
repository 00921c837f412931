import { createServer } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

/*
 * `ws` with nothing around it. `POST /?count=N` sends N messages to every client, one by default; a client that asks for `/?history=N`
 * gets N messages first, a thousand at a time. `node bench/baseline/websocket.ts MESSAGE`
 */

const [message = '{}'] = process.argv.slice(2)
const server = createServer({ keepAliveTimeout: 0 })
const clients = new WebSocketServer({ server, perMessageDeflate: false })

server.on('request', async (request, response) => {
  request.resume()
  response.writeHead(201, { 'content-length': 0 }).end()
  for (let left = numberIn(request.url, 'count', 1); left > 0; left--) {
    for (const client of clients.clients) client.send(message)
    await new Promise(setImmediate)
  }
})

clients.on('connection', async (client, { url }) => {
  for (let left = numberIn(url, 'history', 0); left > 0; left -= 1_000) await sendMany(client, Math.min(left, 1_000))
})

async function sendMany(client: WebSocket, count: number): Promise<void> {
  for (let i = 1; i < count; i++) client.send(message)
  await new Promise(resolve => client.send(message, resolve))
}

function numberIn(url: string | undefined, name: string, fallback: number): number {
  return Number(new URL(url ?? '', 'http://localhost').searchParams.get(name) ?? fallback)
}

server.listen(0, '127.0.0.1', () => console.log(`listens on http://127.0.0.1:${Object(server.address()).port}`))
