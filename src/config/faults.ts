/** One thing wrong with a configuration. */
export interface ConfigFault {
  /** Like `apps."demo.web".ready.http`. */
  readonly path: string
  readonly detail: string
}

/** A configuration that can't be used; all its faults at once. */
export class InvalidConfig extends Error {
  readonly faults: readonly ConfigFault[]

  constructor(file: string | undefined, faults: readonly ConfigFault[]) {
    const lines = faults.map(({ path, detail }) => `  ${path ? `${path}: ` : ''}${detail}`)
    super(`${file ?? 'The configuration'} is not valid:\n${lines.join('\n')}`)
    this.faults = faults
  }
}
