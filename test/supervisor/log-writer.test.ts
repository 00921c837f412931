import { mkdir, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readLog } from '../../src/gateway/logs/read-log.ts'
import type { LogRange } from '../../src/gateway/logs/tail.ts'
import { linesOf, openLog } from '../gateway/logs/log.ts'
import { temporaryFolder } from '../helper.ts'
import { tmpfs } from '../tmpfs.ts'

const whole: LogRange = { after: 0, last: Number.POSITIVE_INFINITY }

async function sizeOf(folder: string): Promise<number> {
  const sizes = await Promise.all((await readdir(folder)).map(async name => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

t.test('a log keeps the newest lines within its bound, and one line says how many are gone', async t => {
  const maxBytes = 65_536
  const { folder, write, meter } = openLog(t, await temporaryFolder(t), maxBytes)
  const burstBytes = 20 * 101
  let largest = 0
  for (let turn = 0; turn < 200; turn++) {
    await write({
      stream: 'stdout',
      lines: Array.from({ length: 20 }, (_, line) => `${turn * 20 + line + 1}`.padEnd(100))
    })
    largest = Math.max(largest, await sizeOf(folder))
  }
  t.ok(largest <= maxBytes + burstBytes, `${largest} bytes at most`)
  t.ok(largest >= maxBytes / 2, 'the bound is used')
  t.equal(meter.droppedBytes, 0)
  const [marker, ...lines] = await linesOf(readLog(folder, whole))
  t.equal(marker?.missing, 4_000 - lines.length)
  t.match(marker, { stream: 'gateway', seq: marker?.missing, line: `(${marker?.missing} lines are missing)` })
  t.same(
    lines.map(({ seq, line }) => [seq, Number(line)]),
    lines.map((_, index) => [4_000 - lines.length + index + 1, 4_000 - lines.length + index + 1])
  )
})

t.test('a flood of batches as large as a pipe gives stays within the bound and one batch', async t => {
  const maxBytes = 1_048_576
  const { folder, write } = openLog(t, await temporaryFolder(t), maxBytes)
  const batchBytes = 65 * 1_001
  for (let turn = 0; turn < 100; turn++) {
    await write({ stream: 'stdout', lines: Array.from({ length: 65 }, () => 'x'.repeat(1_000)) })
    const size = await sizeOf(folder)
    if (size > maxBytes + batchBytes) t.fail(`${size} bytes`)
  }
  const lines = await linesOf(readLog(folder, whole))
  t.equal(lines.at(-1)?.seq, 6_500, 'the newest is there')
})

t.test('who writes faster than the disk takes is told to wait, and nothing is lost', async t => {
  const { folder, writer, append } = openLog(t, await temporaryFolder(t), 64 * 1_048_576)
  let waits = 0
  for (let turn = 0; turn < 100; turn++) {
    const busy = append({ stream: 'stdout', lines: ['x'.repeat(65_000)] })
    if (busy) waits++
    await busy
  }
  await writer.close()
  t.ok(waits > 0)
  t.equal((await linesOf(readLog(folder, whole))).length, 100)
})

t.test('where the folder can’t be made lines are dropped and counted; afterwards the log goes on', async t => {
  const parent = await temporaryFolder(t)
  const { folder, write, meter } = openLog(t, parent)
  await writeFile(folder, 'in the way')
  await write({ stream: 'stdout', lines: ['lost', 'lost, too'] })
  t.ok(meter.droppedBytes > 0)
  t.equal(meter.bytes, 0)
  await rm(folder)
  await mkdir(folder)
  await write({ stream: 'stderr', lines: ['there'] })
  t.same(await linesOf(readLog(folder, whole)), [
    { seq: 2, stream: 'gateway', line: '(2 lines are missing)', missing: 2 },
    { seq: 3, stream: 'stderr', line: 'there' }
  ])
  t.equal(meter.bytes, (await readFile(join(folder, '3.v2.log'))).length)
})

t.test('a full disk costs the lines that it does not take, none of those it has', async t => {
  const disk = await tmpfs(t, '256k')
  if (!disk) return t.comment('no tmpfs can be mounted here')
  const { folder, write, meter } = openLog(t, disk, 8 * 1_048_576)
  const burst = (text: string) => ({ stream: 'stdout' as const, lines: Array.from({ length: 10 }, () => text) })
  await write(burst('before'))
  await writeFile(join(disk, 'ballast'), Buffer.alloc(1_048_576)).catch(() => {})
  let turns = 0
  for (; turns < 20 || meter.droppedBytes === 0; turns++) {
    await write(burst(`during ${'x'.repeat(500)}`))
  }
  await rm(join(disk, 'ballast'))
  await write(burst('after'))
  const lines = await linesOf(readLog(folder, whole))
  t.same(
    lines.slice(0, 10).map(({ line }) => line),
    burst('before').lines
  )
  t.same(
    lines.slice(-10).map(({ line }) => line),
    burst('after').lines
  )
  const missing = lines.reduce((sum, line) => sum + (line.missing ?? 0), 0)
  t.equal(
    lines.filter(line => line.missing === undefined).length + missing,
    (turns + 2) * 10,
    'every line is accounted for'
  )
  t.ok((await readdir(folder)).length <= 3, 'and no empty segments are left')
})

t.test('logs give way before the disk is full: what is to stay free stays free', async t => {
  const disk = await tmpfs(t, '64m')
  if (!disk) return t.comment('no tmpfs can be mounted here')
  const mebibyte = 1_048_576
  const { folder, writer, append, meter } = openLog(t, disk, 256 * mebibyte, 4 * mebibyte)
  const free = async () => {
    const { bavail, bsize } = await statfs(disk)
    return bavail * bsize
  }
  let fewest = await free()
  while (meter.droppedBytes < 8 * mebibyte) {
    await append({ stream: 'stdout', lines: ['x'.repeat(65_000)] })
    fewest = Math.min(fewest, await free())
  }
  t.ok(fewest >= 3 * mebibyte, `${fewest} bytes were free; what is on its way to the disk may come on top`)
  t.ok(meter.bytes >= 32 * mebibyte, 'the rest is used')
  await writer.close()
  const [first] = (await readLog(folder, whole).next()).value ?? []
  t.match(first, { seq: 1, stream: 'stdout' }, 'and the log keeps what it has')
})
