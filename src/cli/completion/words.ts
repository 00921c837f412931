import type { Command, Option } from 'commander'

/** What can be completed after the words of a command. */
export interface CommandWords {
  /** `token new`, or empty for the words before a command. */
  readonly path: string
  readonly summary: string
  readonly subcommands: readonly { readonly name: string; readonly summary: string }[]
  readonly options: readonly OptionWords[]
  /** Of the first argument. */
  readonly operand: Operand
}

export interface OptionWords {
  readonly names: readonly string[]
  readonly summary: string
  /** `nothing` for one that takes no value. */
  readonly value: Operand
}

export type Operand =
  | { readonly kind: 'nothing' | 'sessions' | 'apps' | 'files' }
  | { readonly kind: 'words'; readonly words: readonly string[] }

/** Of the program and all its commands. */
export function commandWords(command: Command, path: readonly string[] = []): CommandWords[] {
  const { commands } = command
  const own = {
    path: path.join(' '),
    summary: command.summary(),
    subcommands: commands.map(sub => ({ name: sub.name(), summary: sub.summary() })),
    options: command
      .createHelp()
      .visibleOptions(command)
      .map(option => optionWords(option, path)),
    operand: operandOf(command)
  }
  return [own, ...commands.flatMap(sub => commandWords(sub, [...path, sub.name()]))]
}

/** These make the names of apps instead of taking those of the catalogue. */
const makers = new Set(['init', 'token new'])

function optionWords(option: Option, path: readonly string[]): OptionWords {
  const { long, short, description } = option
  const names = [short, long].filter(name => typeof name === 'string')
  return { names, summary: description, value: optionValue(option, path) }
}

function optionValue({ long, required, optional, argChoices }: Option, path: readonly string[]): Operand {
  if (!required && !optional) return { kind: 'nothing' }
  if (argChoices) return { kind: 'words', words: argChoices }
  return { kind: long === '--app' && !makers.has(path.join(' ')) ? 'apps' : 'files' }
}

function operandOf(command: Command): Operand {
  const [argument] = command.registeredArguments
  if (!argument) return { kind: 'nothing' }
  if (argument.argChoices) return { kind: 'words', words: argument.argChoices }
  const name = argument.name()
  if (name === 'id' || name === 'ids') return { kind: 'sessions' }
  return { kind: name === 'app' ? 'apps' : 'files' }
}
