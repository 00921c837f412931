import { InvalidArgumentError } from 'commander'

/** The number of a session. */
export function sessionId(text: string): number {
  if (!/^[1-9][0-9]{0,15}$/.test(text)) {
    throw new InvalidArgumentError(`${JSON.stringify(text)} is no id of a session: ids are positive whole numbers.`)
  }
  return Number(text)
}

export function sessionIds(text: string, previous: readonly number[] = []): readonly number[] {
  return [...previous, sessionId(text)]
}

export function wholeNumber(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

/** An option that can be given several times. */
export function list(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text]
}

/** `name=value`, which can be given several times. */
export function pairs(text: string, previous: readonly string[] = []): readonly string[] {
  if (!/^[^=]+=/s.test(text)) throw new InvalidArgumentError('It must be name=value.')
  return [...previous, text]
}

export function objectOf(pairs: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000
}

/** `90s`, `15m`, `1h`, `2d`; in milliseconds. */
export function duration(text: string): number {
  const [, amount = '', unit = ''] = /^([0-9]{1,9})(ms|s|m|min|h|d)$/.exec(text) ?? []
  if (amount === '') throw new InvalidArgumentError('It must be a time such as 90s, 15m, 1h or 2d.')
  return Number(amount) * (unitsMs[unit] ?? 1)
}
