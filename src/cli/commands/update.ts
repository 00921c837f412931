import { duration, objectOf, pairs, sessionId } from '../arguments.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { outputFormat, outputOptions, printOne } from '../output-options.ts'
import { sessionSentence } from '../session-words.ts'

interface UpdateOptions {
  readonly label?: readonly string[]
  /** False for `--no-lifetime`. */
  readonly lifetime?: number | false
}

export function define(command: GatewayCommand): void {
  command
    .argument('<id>', 'the id of a session', sessionId)
    .option('-l, --label <name=value>', 'a label to set; without a value it is removed; repeatable', pairs)
    .option('--lifetime <time>', 'after which it is stopped, counted from its first start, such as 2h', duration)
    .option('--no-lifetime', 'remove the lifetime')
  outputOptions(clientOptions(command))
    .example('weft-gateway update 12 --label team=a --lifetime 2h', 'set a label, and let it live for two hours')
    .example('weft-gateway update 12 --label team=', 'remove a label')
    .action(async (id: number, { label, lifetime }: UpdateOptions) => {
      const client = await clientOf(command)
      const labels = Object.entries(objectOf(label)).map(([name, value]) => [name, value === '' ? null : value])
      const patch = {
        ...(label && { labels: Object.fromEntries(labels) }),
        ...(lifetime !== undefined && { lifetimeMs: lifetime === false ? null : lifetime })
      }
      printOne(await client.update(id, patch), outputFormat(command), session => [sessionSentence(session)])
    })
}
