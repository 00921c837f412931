import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { readProcesses, treeOf } from './processes.ts'

/** TCP_LISTEN, in /proc/net/tcp. */
const listening = '0A'

/** The TCP ports on which `pid` and its descendants listen, the lowest first. */
export function listeningPorts(pid: number): number[] {
  const sockets = new Set(treeOf(pid, readProcesses()).flatMap(process => socketsOf(process.pid)))
  const ports = ['tcp', 'tcp6'].flatMap(table => readTable(`/proc/${pid}/net/${table}`))
  const own = ports.filter(({ inode }) => sockets.has(`socket:[${inode}]`)).map(({ port }) => port)
  return [...new Set(own)].sort((a, b) => a - b)
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).map(fd => readlinkSync(`${folder}/${fd}`))
  } catch {
    // It has ended, or closed a file meanwhile, or belongs to somebody else.
    return []
  }
}

function readTable(file: string): { readonly port: number; readonly inode: string }[] {
  const rows = readText(file).split('\n').slice(1)
  return rows.flatMap(row => {
    const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/)
    const port = Number.parseInt(local.split(':')[1] ?? '', 16)
    return state === listening && inode !== undefined ? [{ port, inode }] : []
  })
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
