/**
 * How an SDK of a language is made and run: by a section of a page in docs/sdk, from top to bottom, in an empty folder. Then
 * its driver is compiled against what that made, and drives a gateway.
 */
export interface Recipe {
  /** The folder in `drivers`. */
  readonly name: string
  readonly page: string
  readonly section: string
  /** Programs without which the test is skipped. */
  readonly needs: readonly string[]
  /** The oldest version of such a program that will do, and how it tells its own. */
  readonly atLeast?: { readonly version: string; readonly command: string }
  /** Packages of Debian that have them in a version that will do. In CI these are installed, so that nothing is skipped. */
  readonly debian: boolean
  /** Packages of this repository that a page installs by name: the path that is installed instead. */
  readonly packages?: Readonly<Record<string, string>>
  /** What makes them. */
  readonly pack?: readonly string[]
  /** A file of the driver without which the page would get other versions of packages. */
  readonly lock?: string
  /** None for a client of this repository, which has tests of its own. */
  readonly driver?: { readonly compile: readonly string[]; readonly run: string }
}
