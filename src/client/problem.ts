import type { components } from './contract.ts'

export type Problem = components['schemas']['Problem']

/** The gateway answered with an error. */
export class GatewayProblem extends Error {
  override readonly name = 'GatewayProblem'
  /** As the gateway sent it (RFC 9457). */
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.title}: ${problem.detail}`)
    this.problem = problem
  }

  get code(): Problem['code'] {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }

  /** How long to wait before a retry, in milliseconds, if the gateway says so. */
  get retryAfterMs(): number | undefined {
    return this.problem.retryAfterMs
  }
}

/** The problem of an error answer; an answer of a proxy becomes a problem, too. */
export async function problemOf(response: Response): Promise<GatewayProblem> {
  const { status, statusText, url } = response
  const text = await response.text()
  if (response.headers.get('content-type')?.startsWith('application/problem+json')) {
    return new GatewayProblem(JSON.parse(text))
  }
  return new GatewayProblem({
    type: 'about:blank',
    code: 'internal',
    title: statusText || `HTTP ${status}`,
    status,
    detail: `This is not an answer of the gateway: ${text.slice(0, 200)}`,
    instance: new URL(url).pathname
  })
}
