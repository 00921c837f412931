import { timingSafeEqual } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { TokenEntry } from '../../config/schema.ts'
import { anyone, Principal, unauthenticated } from './principal.ts'
import { digest, digestOf } from './token.ts'

/** Authenticates principals by hashes of their tokens. Without tokens there is one principal, who may do everything. */
export class Access {
  #holders: readonly Holder[] = []
  #anyone: Principal | undefined

  constructor(tokens: readonly TokenEntry[]) {
    this.#holders = tokens.map(entry => holderOf(entry))
    this.#anyone = tokens.length === 0 ? anyone() : undefined
  }

  get requiresTokens(): boolean {
    return this.#anyone === undefined
  }

  /** The principal with this token; {@link unauthenticated} if there is none. Takes constant time. */
  authenticate(token: string | undefined): Principal {
    if (this.#anyone) return this.#anyone
    if (!token) return unauthenticated
    const presented = digest(token)
    let found = unauthenticated
    for (const { digest: known, principal } of this.#holders) {
      if (timingSafeEqual(known, presented)) found = principal
    }
    return found
  }

  /** The principal of the token of this name, or everybody where no token is required; undefined if there is none. */
  named(name: string | undefined): Principal | undefined {
    return this.#anyone ?? this.#holders.find(({ entry }) => entry.name === name)?.principal
  }

  /** Replaces the tokens. Principals whose entries were removed or changed are revoked. */
  reload(tokens: readonly TokenEntry[]): void {
    const before = this.#holders
    const open = this.#anyone
    this.#holders = tokens.map(entry => before.find(known => isDeepStrictEqual(known.entry, entry)) ?? holderOf(entry))
    this.#anyone = tokens.length === 0 ? (open ?? anyone()) : undefined
    const revoked = before.filter(holder => !this.#holders.includes(holder)).map(({ principal }) => principal)
    if (open && !this.#anyone) revoked.push(open)
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
