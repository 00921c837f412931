import { Command } from 'commander'

export interface Example {
  readonly line: string
  /** What it does, for people. */
  readonly says: string
}

/** A command whose help ends with notes and examples. */
export class GatewayCommand extends Command {
  readonly notes: string[] = []
  readonly examples: Example[] = []

  constructor(name?: string) {
    super(name)
    this.helpOption('-h, --help', 'show this help').allowExcessArguments(false).enablePositionalOptions().exitOverride()
    // Errors are written in one place, which also knows those of the gateway.
    this.configureOutput({ outputError: () => {} })
    this.addHelpText('after', () => endOfHelp(this))
  }

  override createCommand(name?: string): GatewayCommand {
    return new GatewayCommand(name)
  }

  /** A paragraph for the help. */
  note(text: string): this {
    this.notes.push(text)
    return this
  }

  example(line: string, says: string): this {
    this.examples.push({ line, says })
    return this
  }
}

function endOfHelp(command: GatewayCommand): string {
  const { examples } = command
  const width = command.configureOutput().getOutHelpWidth?.() ?? 80
  const notes = command.notes.map(text => command.createHelp().boxWrap(text, width))
  const lines = examples.map(({ line, says }) => `  # ${says}\n  $ ${line}`)
  const paragraphs = examples.length > 0 ? [...notes, `Examples:\n${lines.join('\n')}`] : notes
  return paragraphs.map(text => `\n${text}`).join('\n')
}
