import type { FastifyRequest } from 'fastify'

/** The schema of the header `Link` of an answer that comes in pages. */
export const nextLink = { type: 'string', description: 'The next page, if there is one: `<…>; rel="next"` (RFC 8288).' }

/** The `Link` to the same page with `parameter` set, as a value of RFC 8288. */
export function linkToNext({ url }: FastifyRequest, parameter: string, value: string): string {
  const { pathname, searchParams } = new URL(url, 'http://gateway')
  searchParams.set(parameter, value)
  return `<${pathname}?${searchParams}>; rel="next"`
}
