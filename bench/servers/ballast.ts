/* Loaded before a server: fills its heap with as many megabytes of small objects as `?megabytes=` says. */

const bytesOfEach = 100
const megabytes = Number(new URL(import.meta.url).searchParams.get('megabytes'))
// The second process of the bare gateway has no heap that counts.
const count = process.argv.includes('spawner') ? 0 : (megabytes * 1_000_000) / bytesOfEach

export const ballast = Array.from({ length: count }, (_, id) => ({ id, name: `object ${id}`, tags: [id] }))
