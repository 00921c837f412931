import { sessionId } from '../arguments.ts'
import { clientOf, clientOptions } from '../client-options.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { outputFormat, outputOptions, printOne } from '../output-options.ts'
import { sessionSentence } from '../session-words.ts'

export function define(command: GatewayCommand): void {
  command.argument('<id>', 'the id of a session', sessionId)
  outputOptions(clientOptions(command))
    .note('A session without a lease stays as it is.')
    .example('weft-gateway renew 12', 'the lease of session 12 begins anew')
    .action(async (id: number) => {
      const client = await clientOf(command)
      printOne(await client.renew(id), outputFormat(command), session => [sessionSentence(session)])
    })
}
