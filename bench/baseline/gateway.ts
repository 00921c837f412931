import { fork } from 'node:child_process'
import { closeSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import { makePipe, reapChild, spawnProcess } from '../../src/supervisor/processes/libc.ts'

/*
 * The least that a gateway in Node can do, for comparison: raw `http` and `ws`, and posix_spawn in a second process. It
 * launches, watches and stops; it stores nothing, checks nothing, keeps no output and trusts its clients.
 * `node bench/baseline/gateway.ts '{"app":["/bin/program","argument"]}'` prints the address on which it listens.
 */

type Session = { id: number; appId: string; state?: string; createdAt: string; pid?: number }
type Command = { launch: number; argv: string[] } | { stop: number }
type Fact = { id: number; type: 'AppReady' | 'Stopped'; pid: number }

const [role = '{}'] = process.argv.slice(2)
if (role === 'spawner') runSpawner()
else runGateway(JSON.parse(role))

function runGateway(apps: Record<string, string[]>): void {
  const sessions = new Map<number, Session>()
  const clients = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const spawner = fork(import.meta.filename, ['spawner'])
  let seq = 0
  const change = (session: Session, type: string, state: string, pid?: number): Session => {
    Object.assign(session, { state, pid })
    const text = JSON.stringify({ id: `bare.${++seq}`, seq, type, time: new Date().toISOString(), session })
    for (const client of clients.clients) client.send(text)
    return session
  }
  const launch = (text: Buffer): Session => {
    const session: Session = { id: sessions.size + 1, ...JSON.parse(String(text)), createdAt: new Date().toISOString() }
    sessions.set(session.id, session)
    spawner.send({ launch: session.id, argv: apps[session.appId] as string[] } satisfies Command)
    return change(session, 'Launched', 'starting')
  }
  const stop = (session: Session): Session => {
    spawner.send({ stop: session.id } satisfies Command)
    return change(session, 'Stopping', 'stopping', session.pid)
  }
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const session = sessions.get(Number(request.url?.split('/')[2])) as Session
    if (request.method === 'POST') request.once('data', body => answer(response, 201, launch(body)))
    else if (request.method === 'DELETE') answer(response, 202, stop(session))
    else answer(response, 200, session)
  })
  spawner.on('message', ({ id, type, pid }: Fact) =>
    change(sessions.get(id) as Session, type, type === 'AppReady' ? 'running' : 'stopped', pid)
  )
  server.on('upgrade', (request, socket, head) => clients.handleUpgrade(request, socket, head, () => {}))
  server.listen(0, '127.0.0.1', () => console.log(`listens on http://127.0.0.1:${Object(server.address()).port}`))
  process.on('SIGTERM', () => process.exit(0))
}

function answer(response: ServerResponse, status: number, session: Session): void {
  const text = JSON.stringify(session)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length }).end(text)
}

function runSpawner(): void {
  const pids = new Map<number, number>()
  const ids = new Map<number, number>()
  const report = (fact: Fact) => process.send?.(fact)
  const launch = (id: number, argv: string[]) => {
    const [out, err] = [makePipe(), makePipe()]
    const call = {
      file: String(argv[0]),
      argv,
      env: ['PATH=/usr/bin:/bin'],
      cwd: '/',
      streams: { stdout: out.write, stderr: err.write }
    }
    const pid = spawnProcess(call)
    for (const { write } of [out, err]) closeSync(write)
    pids.set(id, pid)
    ids.set(pid, id)
    const stdout = new Socket({ fd: out.read })
    stdout.once('data', chunk => chunk.includes('READY\n') && report({ id, pid, type: 'AppReady' }))
    for (const source of [stdout, new Socket({ fd: err.read })]) source.resume()
  }
  process.on('message', (command: Command) => {
    if ('launch' in command) launch(command.launch, command.argv)
    else process.kill(-Number(pids.get(command.stop)), 'SIGTERM')
  })
  process.on('SIGCHLD', () => {
    for (let child = reapChild(); child; child = reapChild()) {
      const id = Number(ids.get(child.pid))
      ids.delete(child.pid)
      report({ id, pid: child.pid, type: 'Stopped' })
    }
  })
  process.on('disconnect', () => {
    for (const pid of ids.keys()) process.kill(-pid, 'SIGKILL')
    process.exit(0)
  })
}
