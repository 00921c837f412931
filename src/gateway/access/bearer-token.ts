/** The WebSocket subprotocol of `/events`. */
export const webSocketProtocol = 'weft.v1'

const tokenPrefix = 'bearer.'

/** What an `Authorization` header offers as a token (RFC 6750); empty if that is none. */
export function tokenOfHeader(header: string): string {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header)?.[1] ?? ''
}

/**
 * What the subprotocols of a WebSocket offer as tokens: browsers can set no header. They count beside `weft.v1` only, as
 * the server must choose one, and that must not be the token.
 */
export function tokensOfProtocols(header: string): string[] {
  const protocols = header.split(',').map(name => name.trim())
  if (!protocols.includes(webSocketProtocol)) return []
  return protocols.filter(name => name.startsWith(tokenPrefix)).map(name => name.slice(tokenPrefix.length))
}
