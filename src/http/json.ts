/** JSON as the body of an answer. It ends with a newline, so that a terminal shows its prompt on a line of its own. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
