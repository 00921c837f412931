/** Something that must hold before a release. */
export interface Check {
  readonly name: string
  /** What holds if there is no problem. */
  readonly holds: string
  /** @returns what is wrong, in sentences */
  run(): Promise<readonly string[]>
}
