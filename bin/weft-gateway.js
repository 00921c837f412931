#!/usr/bin/env node
import { mkdirSync, statSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import v8 from 'node:v8'

const neededMajor = 24

// From sysexits.h: another start would not help.
const EX_CONFIG = 78

if (Number.parseInt(process.versions.node, 10) >= neededMajor) {
  // Node's default would open an inspector, through which any process on this machine could run code here.
  process.on('SIGUSR1', () => {})
  // The start alone would let the space for new objects grow from 1 MB to 16 MB, and V8 keeps it. Requests cost no more with 1 MB.
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  keepCompiledCode()
  await import('../dist/src/cli/main.js')
} else {
  process.stderr.write(
    `weft-gateway needs Node ${neededMajor} or newer; ${process.execPath} is Node ${process.versions.node}.\n`
  )
  process.exitCode = EX_CONFIG
}

/** The next start compiles nothing. Without a folder that only this user can write to, nothing is kept. */
function keepCompiledCode() {
  const { CACHE_DIRECTORY, XDG_CACHE_HOME, NODE_COMPILE_CACHE } = process.env
  if (NODE_COMPILE_CACHE) return
  try {
    const folder = CACHE_DIRECTORY || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'weft-gateway')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(folder)
    if (uid === process.geteuid?.() && !(mode & 0o022)) module.enableCompileCache(folder)
  } catch {
    // No home, no place, a file system that can only be read: it is only slower.
  }
}
