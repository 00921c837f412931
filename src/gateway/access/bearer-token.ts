/** The WebSocket subprotocol of `/events`. */
export const webSocketProtocol = 'weft.v1'

const tokenPrefix = 'bearer.'

/** The token in an `Authorization` header (RFC 6750); empty if there is none. */
export function tokenOfHeader(header: string): string {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header)?.[1] ?? ''
}

/**
 * The tokens among the subprotocols of a WebSocket, on which browsers can't set headers. They are accepted only besides
 * `weft.v1`, since the server must select one subprotocol, and that must not be the token.
 */
export function tokensOfProtocols(header: string): string[] {
  const protocols = header.split(',').map(name => name.trim())
  if (!protocols.includes(webSocketProtocol)) return []
  return protocols.filter(name => name.startsWith(tokenPrefix)).map(name => name.slice(tokenPrefix.length))
}
