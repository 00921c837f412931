import { Option } from 'commander'
import type { GatewayCommand } from './gateway-command.ts'
import { print } from './terminal/print.ts'

export type OutputFormat = 'text' | 'json' | 'jsonl'

/** The options that choose between text for people and JSON for scripts. */
export function outputOptions(command: GatewayCommand): GatewayCommand {
  return command
    .addOption(new Option('--json', 'JSON instead of text, as -o json').conflicts('output'))
    .addOption(
      new Option('-o, --output <format>', 'json, or jsonl: one JSON value on each line').choices([
        'text',
        'json',
        'jsonl'
      ])
    )
}

export function outputFormat(command: GatewayCommand): OutputFormat {
  const { json, output = 'text' } = command.opts<{ json?: true; output?: OutputFormat }>()
  return json ? 'json' : output
}

/** Several values: as text, as one JSON array, or each on a line of its own. */
export function printAll<Value>(
  values: readonly Value[],
  format: OutputFormat,
  toText: (values: readonly Value[]) => readonly string[]
): void {
  if (format === 'text') print(toText(values))
  else print(format === 'json' ? [JSON.stringify(values, null, 2)] : values.map(value => JSON.stringify(value)))
}

/** One value. */
export function printOne<Value>(value: Value, format: OutputFormat, toText: (value: Value) => readonly string[]): void {
  if (format === 'text') print(toText(value))
  else print([JSON.stringify(value, null, format === 'json' ? 2 : 0)])
}
