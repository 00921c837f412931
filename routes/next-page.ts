import type { FastifyRequest } from 'fastify'

/** The `Link` to the same page with `parameter` set and without the parameters that it replaces, as a value of RFC 8288. */
export function linkToNext(
  { url }: FastifyRequest,
  parameter: string,
  value: string,
  replaced: readonly string[] = []
): string {
  const { pathname, searchParams } = new URL(url, 'http://gateway')
  for (const name of replaced) searchParams.delete(name)
  searchParams.set(parameter, value)
  return `<${pathname}?${searchParams}>; rel="next"`
}
