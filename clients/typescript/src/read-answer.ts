import { GatewayProblem, LaunchFailed, type Problem, UnexpectedAnswer } from './errors.ts'

/** How much of an unexpected body is kept. */
const maxFirstBytes = 200

/** Takes the result out of a response; rejects with an {@link UnexpectedAnswer} if it is not of the wanted type. */
export type Reader<Result> = (response: Response) => Promise<Result>

export function requestIdOf({ headers }: Response): string | undefined {
  return headers.get('x-request-id') ?? undefined
}

export async function readJson<Result>(response: Response): Promise<Result> {
  await requireType(response, 'application/json')
  return parse(await response.text(), response) as Result
}

/** Reads the text of one of these media types. */
export function readText(...types: string[]): Reader<string> {
  return async response => {
    await requireType(response, ...types)
    return await response.text()
  }
}

/** @throws {UnexpectedAnswer} if the response is of none of these media types */
export async function requireType(response: Response, ...types: string[]): Promise<void> {
  if (!types.includes(mediaTypeOf(response))) throw await unexpected(response)
}

/** @throws {UnexpectedAnswer} for text that is not JSON */
export function parse(text: string, { status, headers }: Pick<Response, 'status' | 'headers'>): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const contentType = headers.get('content-type') ?? ''
    throw new UnexpectedAnswer({ status, contentType, firstBytes: text.slice(0, maxFirstBytes) })
  }
}

/** The error that a response with an error status stands for. */
export async function errorOf(response: Response): Promise<GatewayProblem | LaunchFailed | UnexpectedAnswer> {
  if (mediaTypeOf(response) !== 'application/problem+json') return await unexpected(response)
  const problem = parse(await response.text(), response) as Problem
  const requestId = requestIdOf(response)
  const { code, session, logTail = [] } = problem
  if (code === 'launch-failed' && session) return new LaunchFailed({ session, logTail, requestId })
  return new GatewayProblem(problem, requestId)
}

function mediaTypeOf({ headers }: Response): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

async function unexpected(response: Response): Promise<UnexpectedAnswer> {
  const { status, headers, body } = response
  const contentType = headers.get('content-type') ?? ''
  return new UnexpectedAnswer({ status, contentType, firstBytes: body ? await firstBytes(body) : '' })
}

/** Reads no more than it needs: the body can be endless. */
async function firstBytes(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    while (text.length < maxFirstBytes) {
      const { value, done } = await reader.read()
      if (done) break
      text += decoder.decode(value, { stream: true })
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
  return text.slice(0, maxFirstBytes)
}
