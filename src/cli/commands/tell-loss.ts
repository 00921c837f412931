import type { ConnectionStatus } from '../../../clients/typescript/src/client.ts'
import { tell } from '../terminal/print.ts'

/** Tells people that a stream is interrupted. */
export function tellLoss({ state }: ConnectionStatus): void {
  if (state === 'waiting') tell('the connection is lost; trying again')
}
