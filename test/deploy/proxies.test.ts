import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { GatewayProcess } from '../gateway-process.ts'
import { temporaryFolder } from '../helper.ts'
import { adapt, committed, freePort, makeCertificate } from './files.ts'
import { Program, skipWithoutPrograms } from './program.ts'

const name = 'gateway.example'

interface Proxy {
  readonly program: string
  /** Writes its configuration into `folder` and returns the command that runs it. */
  command(folder: string, ports: { readonly proxy: number; readonly gateway: string }): readonly string[]
}

const certificates = '/etc/ssl/weft-gateway'

const proxies: readonly Proxy[] = [
  {
    program: 'nginx',
    command(folder, { proxy, gateway }) {
      const conf = adapt(committed('nginx/weft-gateway.conf'), {
        '127.0.0.1:7410': gateway,
        'listen 443 ssl': `listen 127.0.0.1:${proxy} ssl`,
        [certificates]: folder
      })
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        use => `${use}_temp_path ${folder}/${use};`
      )
      const user = process.geteuid?.() === 0 ? 'user root;' : ''
      const http = `${paths.join(' ')} access_log off;\n${conf}`
      const whole = `${user} pid ${folder}/pid; daemon off; error_log stderr;\nevents {}\nhttp { ${http} }\n`
      writeFileSync(join(folder, 'nginx.conf'), whole)
      return ['nginx', '-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')]
    }
  },
  {
    program: 'caddy',
    command(folder, { proxy, gateway }) {
      const file = adapt(committed('caddy/Caddyfile'), {
        '127.0.0.1:7410': gateway,
        ':443 {': `:${proxy} {`,
        [certificates]: folder
      })
      // No other port is opened.
      writeFileSync(join(folder, 'Caddyfile'), `{\nadmin off\nauto_https disable_redirects\n}\n${file}`)
      return ['caddy', 'run', '--config', join(folder, 'Caddyfile')]
    }
  }
]

/** Connects to the proxy by its name, and trusts its certificate only. */
class Client {
  readonly #port: number
  readonly #tls: { readonly ca: Buffer; readonly servername: string }

  constructor(port: number, ca: Buffer) {
    this.#port = port
    this.#tls = { ca, servername: name }
  }

  async get(path: string, headers: Record<string, string> = {}, body?: object): Promise<IncomingMessage> {
    const method = body ? 'POST' : 'GET'
    const all = { host: name, ...(body && { 'content-type': 'application/json' }), ...headers }
    const asked = request({
      host: '127.0.0.1',
      port: this.#port,
      path,
      method,
      headers: all,
      agent: false,
      ...this.#tls
    })
    asked.end(body && JSON.stringify(body))
    const [response] = await once(asked, 'response')
    return response
  }

  socket(path: string, origin: string): WebSocket {
    return new WebSocket(`wss://127.0.0.1:${this.#port}${path}`, { headers: { host: name }, origin, ...this.#tls })
  }

  /** Whether the proxy listens, and reaches the gateway. */
  async isUp(): Promise<boolean> {
    const response = await this.get('/livez').catch(() => undefined)
    response?.resume()
    return response?.statusCode === 200
  }
}

async function start(t: Test, { command }: Proxy): Promise<Client> {
  const gateway = await GatewayProcess.start(t, {
    server: { allowedHosts: [name], allowedOrigins: [`https://${name}`] },
    apps: { clock: { command: ['sh', '-c', 'echo READY; exec sleep 300'] } }
  })
  const folder = await temporaryFolder(t)
  await makeCertificate(folder)
  const port = await freePort()
  const ports = { proxy: port, gateway: gateway.url.replace('http://', '') }
  const proxy = new Program(t, { command: command(folder, ports), cwd: folder })
  const client = new Client(port, readFileSync(join(folder, 'certificate.pem')))
  await proxy.until(() => client.isUp())
  return client
}

/** The first line of a stream that matches, while the stream stays open. */
async function firstMatch(stream: IncomingMessage, pattern: RegExp): Promise<string> {
  let read = ''
  for await (const chunk of stream) {
    read += chunk
    if (pattern.test(read)) return read
  }
  throw new Error(`the stream ended: ${read}`)
}

for (const proxy of proxies) {
  t.test(`${proxy.program} with the committed file`, skipWithoutPrograms(proxy.program, 'openssl'), async t => {
    const client = await start(t, proxy)

    t.test('passes launches and waits on', async t => {
      const response = await client.get('/sessions?waitMs=30000', {}, { appId: 'clock' })
      t.equal(response.statusCode, 201)
      t.match(JSON.parse(await text(response)), { appId: 'clock', state: 'running' })
    })

    for (const accept of ['text/event-stream', 'application/x-ndjson']) {
      t.test(`passes ${accept} on while it is open`, async () => {
        await firstMatch(await client.get('/events', { accept }), /Hello/)
      })
    }

    t.test('passes a WebSocket of an allowed origin on, and a refusal of another one', async t => {
      const socket = client.socket('/events', `https://${name}`)
      const [message] = await once(socket, 'message')
      t.match(JSON.parse(String(message)), { type: 'Hello' })
      socket.terminate()
      const [, answer] = await once(client.socket('/events', 'https://evil.example'), 'unexpected-response')
      t.equal(answer.statusCode, 403)
      answer.destroy()
    })
  })
}
