import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'smol-toml'
import { ServerProcess } from './server-process.ts'

const root = join(import.meta.dirname, '..', '..')

export interface GatewaySettings {
  readonly apps: Readonly<Record<string, readonly string[]>>
  readonly tokens?: readonly object[]
  readonly preload?: readonly URL[]
}

/** The defaults, except the limits that would answer a benchmark with 429 or queue its launches. */
const unlimited = {
  maxSessions: 1_000_000,
  maxStarting: 0,
  requestsPerMinute: 1_000_000_000,
  maxStreamsPerToken: 0
}

/** weft-gateway as `npm start` starts it, with a state folder of its own that goes with the stack. */
export async function startWeftGateway(settings: GatewaySettings, stack: AsyncDisposableStack): Promise<ServerProcess> {
  const { apps, tokens = [], preload = [] } = settings
  const stateDir = mkdtempSync(join(tmpdir(), 'weft-bench-'))
  stack.defer(() => rmSync(stateDir, { recursive: true, force: true, maxRetries: 5 }))
  const catalogue = Object.entries(apps).map(([id, command]) => [id, { command }])
  const config = join(stateDir, 'weft-gateway.toml')
  writeFileSync(config, stringify({ limits: unlimited, tokens, apps: Object.fromEntries(catalogue) }))
  const args = [...startArguments(), '--config', config, '--state-dir', stateDir, '--port', '0']
  return stack.use(await ServerProcess.start({ args, preload, cwd: root, logFile: join(stateDir, 'log') }))
}

/** What `npm start` gives to Node, after what it does first: it builds the package if that is needed. */
function startArguments(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Scripts }
  if (scripts.prestart !== undefined && !isBuilt) {
    execFileSync(process.execPath, argumentsOf(scripts.prestart), { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    isBuilt = true
  }
  return argumentsOf(scripts.start)
}

interface Scripts {
  readonly start: string
  readonly prestart?: string
}

let isBuilt = false

function argumentsOf(script: string): readonly string[] {
  const [node, ...args] = script.split(' ')
  if (node !== 'node') throw new Error(`npm start does not run node: ${script}`)
  return args
}
