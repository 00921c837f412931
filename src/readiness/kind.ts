/** The settings of one kind of readiness; its check is under `src/supervisor/readiness`. */
export interface ReadinessKind<Setting> {
  /** JSON Schema of what `ready.<kind>` takes in the configuration. */
  readonly schema: object
  /** Faults of a setting that conforms to the schema. */
  readonly faults: (setting: Setting) => string[]
  /** The setting with its placeholders replaced. */
  readonly fill: (setting: Setting, fill: Fill) => Setting
}

/** Replaces the placeholders in a text, or in a regular expression. */
export type Fill = (text: string, syntax?: 'text' | 'pattern') => string

/** JSON Schema of any text that can be in an argument or a line. */
export const someText = { type: 'string', minLength: 1, pattern: '^[^\\u0000]*$' } as const
