/** What everybody must know of a kind of readiness; how the supervisor tries it is under `src/supervisor/readiness`. */
export interface ReadinessKind<Setting> {
  /** JSON Schema of what `ready.<kind>` takes in the configuration. */
  readonly schema: object
  /** What is wrong with a setting that fits the schema, in words. */
  readonly faults: (setting: Setting) => string[]
  /** The setting with its placeholders replaced. */
  readonly fill: (setting: Setting, fill: Fill) => Setting
}

/** Replaces the placeholders in a text. */
export type Fill = (text: string) => string

/** JSON Schema of any text that can be in an argument or a line. */
export const someText = { type: 'string', minLength: 1, pattern: '^[^\\u0000]*$' } as const
