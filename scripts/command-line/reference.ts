import type { GatewayCommand } from '../../src/cli/gateway-command.ts'
import { defineProgram } from '../../src/cli/program.ts'

/** Below this line docs/command-line.md is made from the commands. */
export const marker = '<!-- Made by `npm run command-line` from here on. -->'

const width = 100

/** The help of every command, as Markdown. */
export async function reference(): Promise<string> {
  const program = await defineProgram()
  const sections = allCommands(program).map(
    command => `## \`${fullName(command)}\`\n\n\`\`\`text\n${helpOf(command)}\`\`\`\n`
  )
  return `${marker}\n\n${sections.join('\n')}`
}

/** The program itself, and all commands that do something. */
export function allCommands(program: GatewayCommand): GatewayCommand[] {
  const commands = program.commands as readonly GatewayCommand[]
  return [
    program,
    ...commands.flatMap(command => (command.commands.length > 0 ? allCommands(command).slice(1) : [command]))
  ]
}

export function fullName(command: GatewayCommand): string {
  const { parent } = command
  return parent ? `${fullName(parent as GatewayCommand)} ${command.name()}` : command.name()
}

/** As `--help` prints it on a terminal that is `width` wide. */
function helpOf(command: GatewayCommand): string {
  let help = ''
  command.configureOutput({
    getOutHelpWidth: () => width,
    getOutHasColors: () => false,
    writeOut: text => {
      help += text
    }
  })
  command.outputHelp()
  return help
}
