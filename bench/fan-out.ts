import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { WebSocket, WebSocketServer } from 'ws'
import { launch, stop, withGateway } from './gateway.ts'
import { median, print, summary } from './stats.ts'

/*
 * One event to N WebSocket clients: from its commit to the last client's receipt, beside a bare `ws` server that
 * stringifies and sends for each client. The clients live in a worker thread. Times in ms.
 */

const counts = [10, 100, 1_000]
const events = 60

const example = {
  id: 1,
  appId: 'sleep',
  state: 'stopping',
  labels: {},
  createdAt: '2026-11-22T18:00:00.000Z',
  pid: 12345,
  readyAt: '2026-11-22T18:00:00.000Z'
}

if (isMainThread) {
  for (const count of counts) {
    const baseline = await bare(count)
    const ours = await throughGateway(count)
    print(`${count} clients, ws.send(JSON.stringify()) each`, summary(baseline))
    print(
      `${count} clients, weft-gateway`,
      `${summary(ours)}, ${(median(ours) / median(baseline)).toFixed(2)} × baseline`
    )
  }
} else {
  await runClients(workerData.url, workerData.count)
}

async function throughGateway(count: number): Promise<number[]> {
  const times: number[] = []
  const settings = { apps: { sleep: { command: ['/bin/sleep', '600'], ready: { none: true } } } }
  await withGateway(settings, async (gateway, url) => {
    await withClients(`${url.replace('http', 'ws')}/events?type=Stopping`, count, async received => {
      for (let i = 0; i < events; i++) {
        const { id } = await launch(url, 'sleep')
        const all = received()
        const start = performance.timeOrigin + performance.now()
        await gateway.gateway.registry.terminate(id, { reason: 'terminated', initiator: 'client' }, { force: true })
        times.push((await all) - start)
        await stop(url, id)
      }
    })
  })
  return times
}

async function bare(count: number): Promise<number[]> {
  const times: number[] = []
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
  const event = { id: 'abcdef.1', seq: 1, type: 'Stopping', time: new Date().toISOString(), session: example }
  await withClients(`ws://127.0.0.1:${(server.address() as { port: number }).port}`, count, async received => {
    for (let i = 0; i < events; i++) {
      const all = received()
      const start = performance.timeOrigin + performance.now()
      for (const client of server.clients) client.send(JSON.stringify(event))
      times.push((await all) - start)
    }
  })
  server.close()
  return times
}

type Received = () => Promise<number>

async function withClients(url: string, count: number, use: (received: Received) => Promise<void>): Promise<void> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { url, count } })
  await once(worker, 'message')
  await use(async () => (await once(worker, 'message'))[0])
  await worker.terminate()
}

/** Notifies the main thread when all are connected, and then each time the last of them has received an event. */
async function runClients(url: string, count: number): Promise<void> {
  const clients = Array.from({ length: count }, () => new WebSocket(url, { perMessageDeflate: false }))
  let got = 0
  for (const client of clients) {
    client.on('message', (data: Buffer) => {
      if (!data.includes('"Stopping"')) return
      if (++got % count === 0) parentPort?.postMessage(performance.timeOrigin + performance.now())
    })
  }
  await Promise.all(clients.map(client => once(client, 'open')))
  parentPort?.postMessage('ready')
}
