import type { CommandWords, Operand, OptionWords } from './words.ts'

export function fishScript(commands: readonly CommandWords[]): string {
  return ['complete -c weft-gateway -f', ...commands.flatMap(commandLines), ''].join('\n')
}

function commandLines(command: CommandWords): string[] {
  const condition = conditionOf(command.path)
  const start = `complete -c weft-gateway -n ${quote(condition)}`
  const subcommands = command.subcommands.map(({ name, summary }) => `${start} -a ${name} -d ${quote(summary)}`)
  return [
    ...subcommands,
    ...command.options.map(option => `${start}${optionText(option)}`),
    ...operandLine(start, command)
  ]
}

function conditionOf(path: string): string {
  const [first = '', second] = path.split(' ')
  if (first === '') return '__fish_use_subcommand'
  const seen = `__fish_seen_subcommand_from ${first}`
  return second ? `${seen}; and __fish_seen_subcommand_from ${second}` : seen
}

function optionText({ names, summary, value }: OptionWords): string {
  const flags = names.map(name => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`))
  const words = sourceOf(value)
  const needed = words === undefined ? '' : ` -x -a ${quote(words)}`
  return `${flags.join('')}${value.kind === 'files' ? ' -r -F' : needed} -d ${quote(summary)}`
}

function operandLine(start: string, { operand }: CommandWords): string[] {
  if (operand.kind === 'files') return [`${start} -F`]
  const words = sourceOf(operand)
  return words === undefined ? [] : [`${start} -a ${quote(words)}`]
}

/** Words, or a command that prints them. */
function sourceOf(operand: Operand): string | undefined {
  switch (operand.kind) {
    case 'sessions':
      return '(weft-gateway ps --quiet 2>/dev/null)'
    case 'apps':
      return '(weft-gateway apps --quiet 2>/dev/null)'
    case 'words':
      return operand.words.join(' ')
    case 'files':
    case 'nothing':
      return undefined
  }
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
