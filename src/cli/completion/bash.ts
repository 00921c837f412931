import type { CommandWords, Operand } from './words.ts'

/** For bash 4 and newer, and for zsh with bashcompinit. */
export function bashScript(commands: readonly CommandWords[]): string {
  const withSubcommands = commands.filter(({ path, subcommands }) => path !== '' && subcommands.length > 0)
  return `_weft_gateway() {
  COMPREPLY=()
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then command=""; fi
  case "$command" in
${withSubcommands.map(({ path }) => `    ${path}) if [ "$COMP_CWORD" -gt 2 ]; then command="$command \${COMP_WORDS[2]}"; fi ;;`).join('\n')}
  esac
  case "$command $previous" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$command" in
${commands.map(commandCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _weft_gateway weft-gateway
`
}

/** After an option that takes a value: its choices, or files. */
function valueCases({ path, options }: CommandWords): string[] {
  return options
    .filter(({ value }) => value.kind !== 'nothing')
    .map(({ names, value }) => {
      const patterns = names.map(name => `"${path} ${name}"`).join('|')
      const words = sourceOf(value)
      const reply = words === '' ? '' : `COMPREPLY=($(compgen -W "${words}" -- "$current")); `
      return `    ${patterns}) ${reply}return ;;`
    })
}

function commandCase({ path, subcommands, options, operand }: CommandWords): string {
  const names = options.flatMap(option => option.names)
  const words = [...subcommands.map(({ name }) => name), sourceOf(operand)].filter(word => word !== '').join(' ')
  return `    "${path}") if [[ "$current" == -* ]]; then words="${names.join(' ')}"; else words="${words}"; fi ;;`
}

function sourceOf(operand: Operand): string {
  switch (operand.kind) {
    case 'sessions':
      return '$(weft-gateway ps --quiet 2>/dev/null)'
    case 'apps':
      return '$(weft-gateway apps --quiet 2>/dev/null)'
    case 'words':
      return operand.words.join(' ')
    case 'files':
    case 'nothing':
      return ''
  }
}
