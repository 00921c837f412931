import { basename, extname } from 'node:path'

const interpreters = /^(node|nodejs|deno|bun|python[0-9.]*|ruby|perl|php|sh|bash|zsh|java|npm|npx|uv)$/

/** A name for the app that a command runs: that of its script or its program. */
export function appIdOf(command: readonly string[]): string {
  const [program = 'app', ...rest] = command
  const isInterpreted = interpreters.test(basename(program))
  const isScript = (argument: string, at: number) =>
    /^[A-Za-z0-9./_]/.test(argument) &&
    !/^[0-9]+$|\s/.test(argument) &&
    !/^(-[cep]|--eval|--print)$/.test(rest[at - 1] ?? '')
  const script = isInterpreted ? rest.find(isScript) : undefined
  const name = basename(script ?? (isInterpreted ? 'app' : program))
  const id = name.slice(0, name.length - extname(name).length).replace(/[^A-Za-z0-9._-]+/g, '-')
  return /^[A-Za-z0-9]/.test(id) ? id.slice(0, 128) : 'app'
}

/** The command with `{port}` in place of a port: the argument after `--port` or `-p`, `--port=3000`, or a number like a port. */
export function withPortPlaceholder(command: readonly string[]): string[] {
  if (command.some(argument => argument.includes('{port}'))) return [...command]
  const index = command.findIndex((argument, at) => at > 0 && isPort(argument, command[at - 1]))
  return command.map((argument, at) => (at === index ? argument.replace(/[0-9]+$/, '{port}') : argument))
}

function isPort(argument: string, before: string | undefined): boolean {
  if (/^--?port=[0-9]{2,5}$/.test(argument)) return true
  const [, number] = /^(?:[A-Za-z0-9.]+:)?([0-9]{2,5})$/.exec(argument) ?? []
  if (number === undefined || Number(number) > 65_535) return false
  return before === '--port' || before === '-p' || Number(number) >= 1_024
}
