import { stringify } from 'smol-toml'
import { lineOfReadiness } from './readiness-words.ts'
import type { Sign, TrialPort } from './trial.ts'

export interface NewApp {
  readonly id: string
  readonly command: readonly string[]
  /** The sign of readiness; undefined if the command was not tried. */
  readonly sign: Sign | undefined
}

/** The text of a configuration file with one app. */
export function catalogueFile(app: NewApp): string {
  return `#:schema ./weft-gateway.schema.json
# For editors, which complete and explain settings by that file: weft-gateway schema > weft-gateway.schema.json
# The configuration of weft-gateway. weft-gateway check prints all settings in force, defaults included, and what is wrong.

[server]
# port = 7410                 # or socket = "gateway.sock"
# stateDir = "state"          # sessions, events and logs; by default in ~/.local/state/weft-gateway

# An app. Launch it with: weft-gateway launch ${app.id} --wait
[apps.${keyOf(app.id)}]
# title = "What people see"
# An argv, never a shell string. {port} is a free port of each session; a relative path begins at this file's folder.
${entry({ command: [...app.command] })}
${needsPortVariable(app) ? `${entry({ env: { PORT: '{port}' } }, 'inline')}\n` : '# env = { MODE = "production" }\n'}# clientEnv = ["GREETING"]     # variables that a launch may set

# When it is ready. ${readyComment(app.sign)}
${readyText(app.sign)}
# readyTimeoutMs = 30000      # then it is stopped

# How it is stopped: this signal to all its processes, and SIGKILL after the grace.
# stopSignal = "SIGTERM"
# stopGraceMs = 5000
`
}

/** Does the app take its port from the environment? */
function needsPortVariable({ command, sign }: NewApp): boolean {
  return (
    (sign?.kind === 'http' || sign?.kind === 'tcp') &&
    sign.port === 'given' &&
    !command.some(argument => argument.includes('{port}'))
  )
}

/** What was found out, for people. */
export function readyComment(sign: Sign | undefined): string {
  switch (sign?.kind) {
    case 'line':
      return 'It printed the line READY.'
    case 'http':
      return `It answered over HTTP on ${portText(sign.port)}`
    case 'tcp':
      return `It accepted connections on ${portText(sign.port)}`
    case 'pattern':
      return 'It printed a line like this pattern.'
    case 'exited':
      return 'It exited before it showed that it is ready.'
    case 'none':
      return 'It showed no sign: it printed no READY, and opened no port.'
    case undefined:
      return 'It was not tried.'
  }
}

function portText(port: TrialPort): string {
  return port === 'given' ? 'its port.' : `port ${port}, which it chose itself: one session can run at a time.`
}

function readyText(sign: Sign | undefined): string {
  switch (sign?.kind) {
    case 'http':
      return `ready = { http = "http://127.0.0.1:${placeholderOf(sign.port)}/" }`
    case 'tcp':
      return `ready = { tcp = "${placeholderOf(sign.port)}" }`
    case 'pattern':
      return entry({ ready: { pattern: patternOf(sign.line) } }, 'inline')
    case 'exited':
    case 'none':
      return 'ready = { none = true }       # as soon as it is spawned; better: print a line READY on stdout'
    case 'line':
    case undefined:
      return 'ready = { line = "READY" }'
  }
}

function placeholderOf(port: TrialPort): string {
  return port === 'given' ? '{port}' : String(port)
}

/** The words around the one about readiness, as a regular expression: no time, pid or other number, which change. */
function patternOf(line: string): string {
  const runs = line
    .trim()
    .split(/\s*\S*[0-9]\S*\s*/)
    .filter(run => run !== '')
  const words = lineOfReadiness(runs) ?? line.trim()
  return words.slice(0, 200).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function keyOf(id: string): string {
  return /^[A-Za-z0-9_-]+$/.test(id) ? id : JSON.stringify(id)
}

/** One setting. smol-toml writes tables as sections; an inline one is made of its entries. */
function entry(setting: Readonly<Record<string, unknown>>, style: 'plain' | 'inline' = 'plain'): string {
  if (style === 'plain') return stringify(setting).trimEnd()
  return Object.entries(setting)
    .map(
      ([name, value]) =>
        `${name} = { ${stringify(value as object)
          .trimEnd()
          .replaceAll('\n', ', ')} }`
    )
    .join('\n')
}
