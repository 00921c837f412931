/** One thing wrong with a configuration, or worth a warning. */
export interface ConfigFault {
  /** A setting such as `apps."demo.web".ready.http`, or the option or variable that has the value, such as `--port`. */
  readonly path: string
  readonly detail: string
}

/** A configuration that can't be used; all its faults at once. */
export class InvalidConfig extends Error {
  readonly faults: readonly ConfigFault[]

  constructor(file: string | undefined, faults: readonly ConfigFault[]) {
    const isGiven = faults.every(({ path }) => isSource(path))
    const subject = isGiven ? 'The command line or the environment' : (file ?? 'The configuration')
    super(`${subject} is not valid:\n${faults.map(faultLine).join('\n')}`)
    this.faults = faults
  }
}

/** Is it an option or a variable, instead of a setting of the file? */
function isSource(path: string): boolean {
  return path.startsWith('--') || path.startsWith('WEFT_')
}

export function faultLine({ path, detail }: ConfigFault): string {
  return `  ${path ? `${path}: ` : ''}${detail}`
}

/** The path of a setting, as in TOML. */
export function settingPath(parts: readonly string[]): string {
  return parts.map(part => (/^[A-Za-z0-9_-]+$/.test(part) ? part : JSON.stringify(part))).join('.')
}
