import { portHolder } from './processes/listeners.ts'

/** That a process listens on a port of this machine, in words; undefined if none does, or that can't be known. */
export function inUse(port: number): string | undefined {
  const holder = portHolder(port)
  return holder && `port ${port} is in use by ${holder}`
}
