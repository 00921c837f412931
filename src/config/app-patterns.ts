/** A pattern of app ids: `*` stands for any characters, also for none. */
export const appPatternPattern = '^[A-Za-z0-9._*-]{1,128}$'

/** The pattern that matches every app. */
export const everyApp = '*'

export type AppTest = (appId: string) => boolean

/** Does one of the patterns match? For app ids SQLite's GLOB gives the same result. */
export function appTest(patterns: readonly string[]): AppTest {
  const tests = patterns.map(patternTest)
  return appId => tests.some(fits => fits(appId))
}

/** Not a regular expression: with some patterns, backtracking would take very long. */
function patternTest(pattern: string): AppTest {
  const [start = '', ...parts] = pattern.split('*')
  const end = parts.pop()
  if (end === undefined) return appId => appId === start
  return appId => {
    if (!appId.startsWith(start)) return false
    let position = start.length
    for (const part of parts) {
      const found = appId.indexOf(part, position)
      if (found === -1) return false
      position = found + part.length
    }
    return appId.length - position >= end.length && appId.endsWith(end)
  }
}
