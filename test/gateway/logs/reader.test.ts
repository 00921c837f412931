import { deepStrictEqual } from 'node:assert'
import { appendFile, mkdtemp, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { followLog, type LogRange, readLog, readTail, tailRange } from '../../../src/gateway/logs/reader.ts'
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
  await appendFile(join(folder, '1.log'), '3 1700000000000 o 1 100 0\nhalf a li')
  t.same(await readTail(folder, 10), ['one', 'two'], 'the last segment')
  await appendFile(join(folder, '5.log'), '5 1700000000000 e 1 5 0\nfive\n')
  t.same(await readTail(folder, 10), ['one', 'two', '(2 lines are missing)', 'five'], 'one before the last')
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
  t.ok((await stat(join(folder, '1.log'))).size > 0)
})
