/** How an SDK of another language is made and run: commands that a user would type, in a folder with its driver and openapi.yaml. */
export interface Recipe {
  /** The folder in `drivers`. */
  readonly name: string
  readonly generator: string
  readonly language: string
  /** Programs without which the test is skipped. */
  readonly needs: readonly string[]
  /** The oldest version of such a program that will do, and how it tells its own. */
  readonly atLeast?: { readonly version: string; readonly command: string }
  /** Packages of Debian that have them in a version that will do. In CI these are installed, so that nothing is skipped. */
  readonly debian: boolean
  readonly install: readonly string[]
  readonly generate: readonly string[]
  readonly compile: readonly string[]
  /** Gets the URL of a gateway, that of a gateway of tomorrow, and a token. */
  readonly drive: string
}
