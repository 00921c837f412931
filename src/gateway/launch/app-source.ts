/** An app that is installed for the runtime, as its manifest describes it. */
export interface InstalledApp {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly capabilities: readonly string[]
}

/** Apps that are not in the configuration; the runtime runs them. */
export interface AppSource {
  /** As they are now, sorted by id. */
  readonly apps: readonly InstalledApp[]
  find(id: string): InstalledApp | undefined
  /** Makes what a session needs before its program is spawned. Returns arguments that the runtime gets after its own. */
  argumentsOf(session: { readonly id: number; readonly appId: string }): readonly string[]
}
