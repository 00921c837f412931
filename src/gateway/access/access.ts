import { timingSafeEqual } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { TokenEntry } from '../../config/schema.ts'
import { everybody, nobody, Principal } from './principal.ts'
import { digest, digestOf } from './token.ts'

/** Knows who calls, by hashes of tokens alone. Without tokens it is everybody, who may do everything. */
export class Access {
  #holders: readonly Holder[] = []
  #everybody: Principal | undefined

  constructor(tokens: readonly TokenEntry[]) {
    this.#holders = tokens.map(entry => holderOf(entry))
    this.#everybody = tokens.length === 0 ? everybody() : undefined
  }

  get asksForTokens(): boolean {
    return this.#everybody === undefined
  }

  /** Who has this token; {@link nobody} where it is none. Takes as long for one token as for another. */
  identify(token: string | undefined): Principal {
    if (this.#everybody) return this.#everybody
    if (!token) return nobody
    const presented = digest(token)
    let found = nobody
    for (const { digest: known, principal } of this.#holders) {
      if (timingSafeEqual(known, presented)) found = principal
    }
    return found
  }

  /** From now on these tokens count. Who has a token that is not quite as it was is revoked. */
  reload(tokens: readonly TokenEntry[]): void {
    const before = this.#holders
    const open = this.#everybody
    this.#holders = tokens.map(entry => before.find(known => isDeepStrictEqual(known.entry, entry)) ?? holderOf(entry))
    this.#everybody = tokens.length === 0 ? (open ?? everybody()) : undefined
    const revoked = before.filter(holder => !this.#holders.includes(holder)).map(({ principal }) => principal)
    if (open && !this.#everybody) revoked.push(open)
    for (const principal of revoked) principal.revoke()
  }
}

interface Holder {
  readonly entry: TokenEntry
  readonly digest: Buffer
  readonly principal: Principal
}

function holderOf(entry: TokenEntry): Holder {
  return { entry, digest: digestOf(entry.hash), principal: new Principal(entry) }
}
