import type { Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { exitCodes } from '../../src/cli/exit-codes.ts'
import type { Example, GatewayCommand } from '../../src/cli/gateway-command.ts'
import { defineProgram, environment } from '../../src/cli/program.ts'
import { allCommands, fullName } from './reference.ts'

/** The man page, in the macros of man(7). */
export async function manPage(): Promise<string> {
  const program = await defineProgram()
  const commands = allCommands(program).slice(1)
  return `${[
    `.TH WEFT-GATEWAY 1 "" "weft-gateway ${packageJson.version}" "User Commands"`,
    '.SH NAME',
    'weft-gateway \\- launches, watches and stops app sessions over HTTP and WebSocket',
    '.SH SYNOPSIS',
    '.B weft-gateway',
    '[\\fIcommand\\fR] [\\fIoptions\\fR]',
    '.SH DESCRIPTION',
    roff(
      `${program.description()} Without a command it runs the gateway. Commands look for it on this machine, where it would listen with the configuration of the working folder.`
    ),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH ENVIRONMENT',
    ...items(environment),
    '.SH EXIT STATUS',
    ...items(exitCodes),
    '.SH EXAMPLES',
    ...exampleLines(program.examples)
  ].join('\n')}\n`
}

function commandSection(command: GatewayCommand): string[] {
  const options = command.createHelp().visibleOptions(command)
  return [
    `.SS "${roff(`${fullName(command)} ${command.usage()}`)}"`,
    roff(command.description()),
    ...command.registeredArguments.flatMap(argument => item(argument.name(), argument.description)),
    ...options.flatMap(option => item(option.flags, optionText(option))),
    ...command.notes.flatMap(text => ['.PP', roff(text)]),
    ...exampleLines(command.examples)
  ]
}

function optionText({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices ? ` One of ${argChoices.join(', ')}.` : ''
  const byDefault =
    typeof defaultValue === 'string' || typeof defaultValue === 'number' ? ` By default ${defaultValue}.` : ''
  return `${description}.${choices}${byDefault}`
}

function exampleLines(examples: readonly Example[]): string[] {
  return examples.flatMap(({ line, says }) => [
    '.PP',
    roff(`${says}:`),
    '.PP',
    '.RS 4',
    '.nf',
    roff(line),
    '.fi',
    '.RE'
  ])
}

function items(texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).flatMap(([name, text]) => item(name, `${text}.`))
}

function item(name: string, text: string): string[] {
  return ['.TP', `.B ${roff(name)}`, roff(text)]
}

/** Text without meaning for roff: hyphens that can be copied, no requests at the begin of a line. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', "'")
    .replaceAll('"', '\\(dq')
    .replace(/^([.'])/gm, '\\&$1')
}
