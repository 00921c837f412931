#!/usr/bin/env node
import { existsSync, mkdirSync, statSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import v8 from 'node:v8'

const neededMajor = 24

// From sysexits.h: another start would not help.
const EX_CONFIG = 78

const program = new URL('../dist/src/cli/main.js', import.meta.url)

if (Number.parseInt(process.versions.node, 10) < neededMajor) {
  refuse(`weft-gateway needs Node ${neededMajor} or newer; ${process.execPath} is Node ${process.versions.node}.`)
} else if (!existsSync(program)) {
  refuse('weft-gateway is not compiled in this clone: npm run build does that, and npm start.')
} else {
  // Node's default would open an inspector, through which any process on this machine could run code here.
  process.on('SIGUSR1', () => {})
  // The start alone would let the space for new objects grow from 1 MB to 16 MB, and V8 keeps it. Requests cost no more with 1 MB.
  v8.setFlagsFromString('--semi-space-growth-factor=1')
  keepCompiledCode()
  await import(program.href)
}

function refuse(why) {
  process.stderr.write(`${why}\n`)
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
