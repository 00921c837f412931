const count = { type: 'integer', format: 'int32' }
const text = { type: 'string' }

/** The headers of answers, as components of the contract. */
export const headers = {
  'X-Request-Id': {
    schema: text,
    description: 'The id of the request. Lines of the gateway’s log have it as `reqId`.'
  },
  Location: { schema: { type: 'string', format: 'uri-reference' }, description: 'The path of the session.' },
  Link: { schema: text, description: 'The next page, if there is one: `<…>; rel="next"` (RFC 8288).' },
  'Idempotent-Replayed': {
    schema: text,
    description: '`true` if the answer is that of an earlier launch with the same `Idempotency-Key`.'
  },
  'Retry-After': { schema: count, description: 'After how many seconds to try again.' },
  'WWW-Authenticate': { schema: text, description: 'With 401 and 403: what token is needed (RFC 6750).' },
  Allow: { schema: text, description: 'With 405: the methods of the path.' },
  'RateLimit-Limit': { schema: count, description: 'How many requests the client can send in a minute.' },
  'RateLimit-Remaining': { schema: count, description: 'How many of them are left.' },
  'RateLimit-Reset': { schema: count, description: 'In how many seconds the minute is over.' }
} as const

export type HeaderName = keyof typeof headers

/** The headers that a problem can have. */
export const problemHeaders = [
  ...['X-Request-Id', 'Retry-After', 'WWW-Authenticate', 'Allow'],
  ...['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset']
] as const satisfies readonly HeaderName[]
