import { createRequire } from 'node:module'

/** Returns the named groups that took part in the match; undefined if the text does not match. */
export type LinearPattern = (text: string) => Readonly<Record<string, string>> | undefined

const require = createRequire(import.meta.url)

/**
 * A regular expression that runs in time linear in the text, by RE2's algorithm: without look-around and backreferences.
 * @throws {SyntaxError} if `source` is not such a regular expression
 */
export function compilePattern(source: string): LinearPattern {
  // Loaded with the first pattern: it takes 6 MB in each process, and many catalogues have no pattern.
  const { RE2JS } = require('re2js') as typeof import('re2js')
  const expression = compile(source)
  const names = Object.keys(expression.namedGroups())
  return text => {
    const matcher = expression.matcher(text)
    if (!matcher.find()) return undefined
    return Object.fromEntries(
      names.flatMap(name => {
        const value = matcher.group(name)
        return value === null ? [] : [[name, value]]
      })
    )
  }

  function compile(source: string) {
    try {
      return RE2JS.compile(RE2JS.translateRegExp(source))
    } catch (error) {
      throw new SyntaxError((error as Error).message.replace(/^error parsing regexp: /, ''))
    }
  }
}
