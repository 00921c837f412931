import type { CommandWords, OptionWords } from './words.ts'

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

function optionText({ names, summary, takesValue, values }: OptionWords): string {
  const flags = names.map(name => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`))
  const value = takesValue ? ` -r${values.length > 0 ? ` -a ${quote(values.join(' '))}` : ''}` : ''
  return `${flags.join('')}${value} -d ${quote(summary)}`
}

function operandLine(start: string, { operand }: CommandWords): string[] {
  switch (operand.kind) {
    case 'sessions':
      return [`${start} -a '(weft-gateway ps --quiet 2>/dev/null)'`]
    case 'apps':
      return [`${start} -a '(weft-gateway apps --quiet 2>/dev/null)'`]
    case 'words':
      return [`${start} -a ${quote(operand.words.join(' '))}`]
    case 'files':
      return [`${start} -F`]
    case 'nothing':
      return []
  }
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
