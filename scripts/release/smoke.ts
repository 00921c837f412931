import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { inFolder, pack } from './packs.ts'
import { run } from './run.ts'
import { versionOf } from './versions.ts'

/** Installs the package in an empty folder, starts it, launches the demo and stops it. */
export async function smokeProblems(root: string): Promise<string[]> {
  return await inFolder(async folder => {
    const tarball = await pack(root, 'weft-gateway', folder)
    await writeFile(join(folder, 'package.json'), '{"private":true}')
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', tarball], folder)
    const command = join(folder, 'node_modules/.bin/weft-gateway')
    const version = (await run(command, ['--version'], folder)).trim()
    const wanted = await versionOf(root)
    if (version !== wanted) return [`the installed package says that it is ${version}, not ${wanted}`]
    return await withGateway(command, folder, url => launchAndStop(command, folder, url))
  })
}

async function launchAndStop(command: string, folder: string, url: string): Promise<string[]> {
  const id = (await run(command, ['launch', 'demo.clock', '--wait', '--quiet', '--url', url], folder)).trim()
  const session = JSON.parse(await run(command, ['show', id, '--json', '--url', url], folder))
  await run(command, ['stop', id, '--url', url], folder)
  const stopped = JSON.parse(await run(command, ['show', id, '--json', '--url', url], folder))
  return [
    ...(session.state === 'running' ? [] : [`the demo is ${session.state} after launch --wait`]),
    ...(stopped.state === 'stopped' ? [] : [`the demo is ${stopped.state} after stop`])
  ]
}

/** With a gateway on a free port and a state folder of its own. */
async function withGateway(
  command: string,
  folder: string,
  use: (url: string) => Promise<string[]>
): Promise<string[]> {
  const config = join(folder, 'node_modules/weft-gateway/weft-gateway.toml')
  const flags = ['--port', '0', '--log-level', 'error', '--config', config, '--state-dir', join(folder, 'state')]
  const gateway = spawn(command, flags, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(gateway, 'exit')
  try {
    const [line] = await Promise.race([once(createInterface(gateway.stdout), 'line'), exited])
    const [url] = /http:\S+/.exec(String(line)) ?? []
    if (!url) return [`the gateway has not started: ${line}`]
    const problems = await use(url)
    gateway.kill('SIGTERM')
    const [code] = await exited
    return code === 0 ? problems : [...problems, `the gateway ended with ${code} after SIGTERM`]
  } finally {
    gateway.kill('SIGKILL')
  }
}
