import { GatewayClient } from '../../clients/typescript/src/client.ts'
import { gatewayAddress } from './gateway-address.ts'
import type { GatewayCommand } from './gateway-command.ts'
import { gatewayFetch } from './gateway-fetch.ts'

/** The option of commands that call a gateway. */
export function clientOptions(command: GatewayCommand): GatewayCommand {
  return command.option(
    '--url <url>',
    'where the gateway is: http://host:port or unix:/path; this machine’s own by default (WEFT_URL)'
  )
}

/** The gateway that a command with `clientOptions` calls. Nothing is sent yet. */
export async function clientOf(command: GatewayCommand): Promise<GatewayClient> {
  const { url } = command.opts<{ url?: string }>()
  const address = await gatewayAddress({ url })
  const token = process.env.WEFT_TOKEN || undefined
  // People see at once what is wrong, and try again themselves.
  return new GatewayClient({ baseUrl: address.baseUrl, token, fetch: gatewayFetch(address), maxRetries: 0 })
}
