const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 }
] as const

/** For sentences: `0.42 s`, `12 s`, `3 min 5 s`, `2 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 10_000) return `${Math.max(0, Math.round(ms / 10) / 100)} s`
  const index = units.findIndex(unit => ms >= unit.ms)
  const { name, ms: size } = units[index] ?? units[3]
  const next = units[index + 1]
  const rest = next ? Math.floor((ms % size) / next.ms) : 0
  const first = `${Math.floor(ms / size)} ${name}`
  return next && rest > 0 ? `${first} ${rest} ${next.name}` : first
}

/** For columns: `12s`, `3m`, `2h`, `5d`. */
export function shortDuration(ms: number): string {
  const { name, ms: size } = units.find(unit => ms >= unit.ms) ?? units[3]
  return `${Math.max(0, Math.floor(ms / size))}${name.charAt(0)}`
}
