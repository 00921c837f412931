const units = [
  { name: 'GB', bytes: 1e9 },
  { name: 'MB', bytes: 1e6 },
  { name: 'kB', bytes: 1e3 }
] as const

/** `48 MB`, `1.2 GB`, `0 kB` */
export function bytesText(bytes: number): string {
  const { name, bytes: size } = units.find(unit => bytes >= unit.bytes) ?? units[2]
  const count = bytes / size
  return `${count.toFixed(name === 'GB' && count < 10 ? 1 : 0)} ${name}`
}
