/** The result of a call, with the response that it came in. */
export interface WithResponse<Result> {
  readonly data: Result
  /** For its status and headers: the body has been read. */
  readonly response: Response
  /** The `X-Request-Id` of the answer, which the gateway's log has, too. */
  readonly requestId: string | undefined
}

/** A promise of the result of a call. */
export interface Answer<Result> extends Promise<Result> {
  /** The result, with the status and the headers of its response. */
  withResponse(): Promise<WithResponse<Result>>
}

export function answer<Result>(call: () => Promise<WithResponse<Result>>): Answer<Result> {
  const whole = call()
  const data = whole.then(({ data }) => data)
  return Object.assign(data, {
    withResponse() {
      // Its failure is reported by the other promise.
      data.catch(() => {})
      return whole
    }
  })
}

/** The same call with another result. */
export function mapped<From, To>(from: Answer<From>, to: (data: From) => To): Answer<To> {
  return answer(async () => {
    const { data, ...rest } = await from.withResponse()
    return { data: to(data), ...rest }
  })
}
