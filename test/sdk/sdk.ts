/* What the scenario wants of a generated SDK; each adapter says how that one has it, in the types of that one. */

export interface Answer<Data> {
  readonly status: number
  readonly data?: Data | undefined
  readonly code?: string | undefined
}

export interface SessionOfSdk {
  readonly id: number
  readonly appId: string
  readonly state: string
  readonly labels: Readonly<Record<string, string>>
  readonly stop?: { readonly reason: string; readonly exitCode?: number; readonly survivors: number }
}

export interface Launch {
  readonly appId: string
  readonly labels?: Record<string, string>
  readonly env?: Record<string, string>
}

export interface Sdk {
  launch(body: Launch, options?: { waitMs?: number; 'idempotency-key'?: string }): Promise<Answer<SessionOfSdk>>
  get(id: number): Promise<Answer<SessionOfSdk>>
  wait(id: number, goal: 'ready' | 'stopped'): Promise<Answer<SessionOfSdk>>
  list(query: {
    limit?: number
    cursor?: string
    label?: string[]
  }): Promise<Answer<{ readonly items: readonly SessionOfSdk[]; readonly nextCursor?: string }>>
  logs(id: number): Promise<Answer<readonly string[]>>
  stop(id: number): Promise<Answer<SessionOfSdk>>
  /** `type id` of each event. */
  history(query: { since?: string; sessionId?: number[] }): Promise<Answer<readonly string[]>>
  app(id: string): Promise<Answer<{ readonly id: string; readonly clientEnv: readonly string[] }>>
  explain(code: string): Promise<Answer<string>>
}

/** Of an adapter: a client of the gateway at `baseUrl` that sends these headers always. */
export type Connect = (baseUrl: string, headers: Record<string, string>) => Sdk
