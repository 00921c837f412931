import type { App } from '../../../clients/typescript/src/client.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { outputFormat, outputOptions, printAll } from '../output-options.ts'
import { plainText } from '../terminal/app-text.ts'
import { outputWidth, print, tell } from '../terminal/print.ts'
import { paint } from '../terminal/style.ts'
import { type Column, table } from '../terminal/table.ts'

const columns: readonly Column<App>[] = [
  { title: 'APP', cell: ({ id }) => id, paint: text => paint('bold', text) },
  { title: 'TITLE', cell: ({ title = '' }) => plainText(title), canShrink: true },
  { title: 'SETTABLE ENV', cell: ({ clientEnv }) => clientEnv.join(' '), canShrink: true },
  { title: 'DESCRIPTION', cell: ({ description = '' }) => plainText(description), canShrink: true }
]

export function define(command: GatewayCommand): void {
  command.option('-q, --quiet', 'only the ids')
  outputOptions(clientOptions(command))
    .example('weft-gateway apps', 'what can be launched')
    .action(async ({ quiet }: { quiet?: true }) => {
      const client = await clientOf(command)
      const apps = await client.apps()
      if (quiet) return print(apps.map(({ id }) => id))
      const format = outputFormat(command)
      printAll(apps, format, shown => (shown.length > 0 ? table(columns, shown, outputWidth()) : []))
      if (apps.length === 0 && format === 'text') {
        tell('the catalogue has no app that you may see; weft-gateway init declares one in a weft-gateway.toml')
      }
    })
}
