import { deepStrictEqual } from 'node:assert'
import { appendFile, mkdtemp, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { followLog, readLog, readTail } from '../../../src/gateway/logs/read-log.ts'
import { type LogRange, tailRange } from '../../../src/gateway/logs/tail.ts'
import { temporaryFolder } from '../../helper.ts'
import { type Burst, expectedLines, linesOf, openLog } from './log.ts'

const burst: fc.Arbitrary<Burst> = fc.record({
  stream: fc.constantFrom('stdout' as const, 'stderr' as const),
  lines: fc.array(fc.string({ unit: fc.constantFrom('a', 'ü', ' ', '\u2028'), maxLength: 8 }), {
    minLength: 1,
    maxLength: 5
  })
})

const bursts = fc.array(burst, { maxLength: 30 })

const filter = fc.constantFrom(undefined, 'stdout' as const, 'stderr' as const)

/** A log of these bursts, in several records and segments where there are many. */
async function written(t: Test, parent: string, bursts: readonly Burst[]): Promise<string> {
  const { folder, writer, append, write } = openLog(t, await mkdtemp(join(parent, 'log-')), 8_000)
  for (const [index, burst] of bursts.entries()) await (index % 3 === 0 ? write(burst) : void append(burst))
  await writer.close()
  return folder
}

const whole: LogRange = { after: 0, last: Number.POSITIVE_INFINITY }

t.test('a log is what was written, in order, each line with its stream', async t => {
  const parent = await temporaryFolder(t)
  await fc.assert(
    fc.asyncProperty(bursts, filter, async (bursts, stream) => {
      const lines = await linesOf(readLog(await written(t, parent, bursts), { ...whole, stream }))
      deepStrictEqual(
        lines,
        expectedLines(bursts).filter(line => !stream || line.stream === stream)
      )
    }),
    { numRuns: 60 }
  )
})

t.test('to resume after any line gives exactly the rest', async t => {
  const parent = await temporaryFolder(t)
  await fc.assert(
    fc.asyncProperty(bursts, fc.nat({ max: 160 }), filter, async (bursts, after, stream) => {
      const lines = await linesOf(readLog(await written(t, parent, bursts), { ...whole, after, stream }))
      deepStrictEqual(
        lines,
        expectedLines(bursts).filter(line => line.seq > after && (!stream || line.stream === stream))
      )
    }),
    { numRuns: 60 }
  )
})

t.test('a tail is the last lines of the whole, of one stream or of both', async t => {
  const parent = await temporaryFolder(t)
  await fc.assert(
    fc.asyncProperty(bursts, fc.nat({ max: 60 }), filter, async (bursts, count, stream) => {
      const folder = await written(t, parent, bursts)
      const lines = await linesOf(readLog(folder, { ...(await tailRange(folder, count, stream)), stream }))
      const wanted = expectedLines(bursts).filter(line => !stream || line.stream === stream)
      deepStrictEqual(lines, count === 0 ? [] : wanted.slice(-count))
    }),
    { numRuns: 60 }
  )
})

t.test('a log that is not there is empty', async t => {
  const folder = join(await temporaryFolder(t), 'none')
  t.same(await linesOf(readLog(folder, whole)), [])
  t.same(await readTail(folder, 10), [])
})

t.test('a record that was not finished at the end of a segment is passed over', async t => {
  const { folder, writer, write } = openLog(t, await temporaryFolder(t))
  await write({ stream: 'stdout', lines: ['one', 'two'] })
  await writer.close()
  await appendFile(join(folder, '1.v2.log'), '3 1700000000000 o 1 100 0 00000000\nhalf a li')
  t.same(await readTail(folder, 10), ['one', 'two'], 'the last segment')
  await appendFile(join(folder, '5.log'), '5 1700000000000 e 1 5 0\nfive\n')
  t.same(await readTail(folder, 10), ['one', 'two', '(2 lines are missing)', 'five'], 'one before the last')
})

t.test('a log of the format before checksums is read, and goes on in the new one', async t => {
  const { folder, write, writer } = openLog(t, await temporaryFolder(t))
  await write({ stream: 'stdout', lines: ['1', '2', '3', 'four'] })
  await writer.close()
  await rename(join(folder, '1.v2.log'), join(folder, '4.v2.log'))
  const old = '1 1700000000000 o 2 8 0\none\ntwo\n3 1700000000000 e 1 6 0\nthree\n'
  await writeFile(join(folder, '1.log'), old)
  t.same((await linesOf(readLog(folder, whole))).slice(0, 3), [
    { seq: 1, stream: 'stdout', line: 'one' },
    { seq: 2, stream: 'stdout', line: 'two' },
    { seq: 3, stream: 'stderr', line: 'three' }
  ])
  t.same(await readTail(folder, 2), ['three', 'four'])
  t.same(await readTail(folder, 4), ['one', 'two', 'three', 'four'])
})

t.test('damaged records are passed over, up to the next whole one, and said as missing', async t => {
  const parent = await temporaryFolder(t)
  const damages: Record<string, (bytes: Buffer, at: number) => Buffer> = {
    'a line': (bytes, at) => Buffer.concat([bytes.subarray(0, at + 50), Buffer.from('?'), bytes.subarray(at + 51)]),
    'a negative length': bytes => Buffer.from(String(bytes).replace(/^(3 .* o 2) \d+/m, '$1 -5')),
    'an absurd length': bytes => Buffer.from(String(bytes).replace(/^(3 .* o 2) \d+/m, '$1 4200000000')),
    'zeros over all of it': (bytes, at) =>
      Buffer.concat([bytes.subarray(0, at), Buffer.alloc(200_000), bytes.subarray(at + 60)])
  }
  for (const [name, damage] of Object.entries(damages)) {
    const { folder, write, writer } = openLog(t, await mkdtemp(join(parent, 'log-')))
    for (const lines of [
      ['1', '2'],
      ['3', 'x'.repeat(40)],
      ['5', '6']
    ])
      await write({ stream: 'stdout', lines })
    await writer.close()
    const path = join(folder, '1.v2.log')
    const bytes = await readFile(path)
    await writeFile(path, damage(bytes, bytes.indexOf('\n3 17') + 1))
    t.same(await readTail(folder, 10), ['1', '2', '(2 lines are missing)', '5', '6'], name)
    t.same(await readTail(folder, 2), ['5', '6'], name)
  }
})

t.test('a log comes in pieces of bounded size, whatever its lines', async t => {
  const { folder, append, writer } = openLog(t, await temporaryFolder(t), 64 * 1_048_576)
  for (let turn = 0; turn < 32; turn++)
    await append({ stream: 'stdout', lines: Array.from({ length: 32_000 }, () => '') })
  await append({ stream: 'stdout', lines: ['x'.repeat(65_000)] })
  await append({ stream: 'stdout', lines: ['y'.repeat(65_000)] })
  await writer.close()
  let seq = 0
  for await (const piece of readLog(folder, whole)) {
    if (piece.length > 512) t.fail(`${piece.length} lines`)
    if (piece.reduce((sum, { line }) => sum + line.length, 0) > 2 * 65_536) t.fail('too many characters')
    for (const line of piece) if (line.seq !== ++seq) t.fail(`${line.seq} in place of ${seq}`)
  }
  t.equal(seq, 32 * 32_000 + 2)
  t.same(await tailRange(folder, 100_000), { after: seq - 100_000, last: seq })
})

t.test('who reads a log that grows faster than it is read ends when it is over', async t => {
  const { folder, append, writer } = openLog(t, await temporaryFolder(t), 1_048_576)
  const over = new AbortController()
  let seen = 0
  await append({ stream: 'stdout', lines: ['first', 'second'] })
  for await (const piece of followLog(folder, { after: 0 }, over.signal)) {
    seen += piece.length
    // Two lines for each that was read.
    await append({ stream: 'stdout', lines: Array.from({ length: piece.length * 2 }, () => 'more') })
    if (seen > 5_000) over.abort()
    if (seen > 500_000) break
  }
  t.ok(seen < 500_000, `${seen} lines`)
  await writer.close()
})

t.test('a batch is never empty: who waits for the next line of a stream gets one', async t => {
  const { folder, writer, write } = openLog(t, await temporaryFolder(t))
  await write({ stream: 'stdout', lines: ['out'] })
  await writer.close()
  t.same(await readLog(folder, { ...whole, stream: 'stderr' }).next(), { value: undefined, done: true })
})

t.test('a follower sees all that is written while it follows, and ends when it is over', async t => {
  const { folder, writer, append, flushed } = openLog(t, await temporaryFolder(t), 16 * 1_048_576)
  const over = new AbortController()
  const following = linesOf(followLog(folder, { after: 0 }, over.signal))
  const wanted = Array.from({ length: 2_000 }, (_, index) => ({
    stream: index % 3 === 0 ? ('stderr' as const) : ('stdout' as const),
    lines: [`${index} ${'x'.repeat(index % 50)}`]
  }))
  for (const [index, burst] of wanted.entries()) {
    void append(burst)
    if (index % 7 === 0) await flushed()
  }
  await writer.close()
  over.abort()
  t.same(await following, expectedLines(wanted))
})

t.test('a follower that keeps up misses nothing, however often the writer changes segments', async t => {
  const { folder, writer, append } = openLog(t, await temporaryFolder(t), 65_536)
  const over = new AbortController()
  const reading = followLog(folder, { after: 0 }, over.signal)
  let seen = 0
  const segments = new Set<string>()
  for (let seq = 1; seq <= 400; seq += 2) {
    void append({ stream: 'stdout', lines: ['x'.repeat(2_000)] })
    void append({ stream: 'stderr', lines: ['y'.repeat(2_000)] })
    while (seen < seq + 1) {
      for (const { seq, stream } of (await reading.next()).value ?? []) {
        t.equal(seq, ++seen)
        t.not(stream, 'gateway')
      }
    }
    for (const name of await readdir(folder)) segments.add(name)
  }
  t.ok(segments.size > 10, `${segments.size} segments`)
  await writer.close()
  over.abort()
  t.same(await reading.next(), { value: undefined, done: true })
})

t.test('who stops reading leaves no watcher behind', async t => {
  const { folder, write, writer } = openLog(t, await temporaryFolder(t))
  await write({ stream: 'stdout', lines: ['one'] })
  const watchers = () => process.getActiveResourcesInfo().filter(name => name === 'FSEventWrap').length
  const before = watchers()
  for await (const batch of followLog(folder, { after: 0 }, new AbortController().signal)) {
    t.equal(watchers(), before + 1)
    t.match(batch, [{ line: 'one' }])
    break
  }
  while (watchers() > before) await nextTurn()
  await writer.close()
  t.ok((await stat(join(folder, '1.v2.log'))).size > 0)
})
