/** What a client calls a launch, so that it can ask for it twice and get it once. */
export interface LaunchKey {
  /** Whose key it is: keys of others are other keys. */
  readonly sender: string
  readonly key: string
  /** Of what is to be launched. */
  readonly fingerprint: string
}

/** A launch that had a key. */
export interface KeyedLaunch {
  readonly fingerprint: string
  readonly sessionId: number
  /** As it was given to {@link LaunchKeys.answer}; absent where nobody was answered. */
  readonly answer?: string
}

/** Durable keys of launches; a key is bound to its session with the first change of the session. */
export interface LaunchKeys {
  /** The launch with this key, if it is not older than `since` (epoch milliseconds). */
  find(key: LaunchKey, since: number): KeyedLaunch | undefined
  /** Keeps what was answered; the first answer stays. */
  answer(key: LaunchKey, answer: string): void
  /** Removes keys from before `before` (epoch milliseconds), a bounded number at a time. Returns how many. */
  prune(before: number): number
}
