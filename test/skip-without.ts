import { createRequire } from 'node:module'

/**
 * The options of a test that needs a package of a folder with packages of its own. `npm test` installs those; if it could
 * not, the test is skipped, and fails in CI.
 * @param from the URL of a file in that folder
 */
export function skipWithout(name: string, from: string | URL): { readonly skip?: string } {
  if (process.env.CI) return {}
  try {
    createRequire(from).resolve(`${name}/package.json`)
    return {}
  } catch {
    return { skip: `${name} is not installed` }
  }
}
