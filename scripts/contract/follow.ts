import type { FastifyInstance } from 'fastify'

export interface Followed {
  readonly url: string
  readonly status: number
  readonly contentType: string | null
  readonly body: string
}

export interface Following {
  /** Resolves with what the stream has sent when `isEnough` returns true, and closes it. */
  until(isEnough: (body: string) => boolean): Promise<Followed>
}

/** Opens a stream of a gateway that listens; resolves when it is open and its first messages have been sent. */
export async function follow(
  fastify: FastifyInstance,
  url: string,
  headers: Record<string, string>
): Promise<Following> {
  const leave = new AbortController()
  const response = await fetch(fastify.listeningOrigin + url, { headers, signal: leave.signal })
  const chunks = response.body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  return {
    async until(isEnough) {
      let body = ''
      while (!isEnough(body)) {
        const { value, done } = (await chunks?.next()) ?? { done: true }
        if (done) throw new Error(`${url} ended after ${body}`)
        body += value
      }
      leave.abort()
      return { url, status: response.status, contentType: response.headers.get('content-type'), body }
    }
  }
}
