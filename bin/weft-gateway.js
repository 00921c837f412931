#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/* The gateway needs Node 24. Under an older one this runs itself again on the Node that the package `node` brings along. */

const neededMajor = 24
/** The child's argv[0], by which it knows that it is one; it is what `ps` shows, too. */
const childName = 'weft-gateway'
const passedOn = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR2']

// Node's default would open an inspector, through which any process on this machine could run code here.
process.on('SIGUSR1', () => {})

if (Number.parseInt(process.versions.node, 10) >= neededMajor) {
  followParent()
  await import('../dist/src/cli/main.js')
} else {
  runAgain(ownNode())
}

/** A parent can't pass on a SIGKILL: the child detects that the parent has ended. */
function followParent() {
  if (process.argv0 !== childName || !process.channel) return
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}

function ownNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json')
    return join(dirname(manifest), 'bin', 'node')
  } catch {
    fail("the package 'node', which brings one along, is not installed")
  }
}

function runAgain(node) {
  const child = spawn(node, ['--disable-sigusr1', fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    argv0: childName,
    // The heartbeats that systemd expects of this process come from the child.
    env: { ...process.env, WATCHDOG_PID: undefined },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // In its own process group, so that a Ctrl-C does not reach it twice.
    detached: true
  })
  for (const signal of passedOn) process.on(signal, () => child.kill(signal))
  child.on('error', ({ message }) => fail(`the one of the package 'node' does not run: ${message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function fail(why) {
  process.stderr.write(`weft-gateway needs Node ${neededMajor} or newer, this is ${process.version}; ${why}.\n`)
  process.exit(1)
}
