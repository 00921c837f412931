/** The first ones say most. */
const wordsOfReadiness = [/\b(ready|accepting|listening)\b/i, /\b(serving|running)\b/i, /\bstarted\b/i]

/** The text that says most clearly that an app is ready. */
export function lineOfReadiness(lines: readonly string[]): string | undefined {
  return wordsOfReadiness.flatMap(words => lines.find(line => words.test(line)) ?? []).at(0)
}
