/** The local time of day, with milliseconds. */
export function clockTime(time: string): string {
  const date = new Date(time)
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0')
  return `${date.toTimeString().slice(0, 8)}.${milliseconds}`
}
