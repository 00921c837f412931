import fc from 'fast-check'
import t from 'tap'
import { maxLineBytes, textLines } from '../../src/output-lines.ts'
import { type LineBatch, LineBatcher } from '../../src/supervisor/output/line-batcher.ts'

/** What a pipe gives at once is never more. */
const maxChunkBytes = 65_536

function batchesOf(chunks: readonly Buffer[]): LineBatch[] {
  const batches: LineBatch[] = []
  const batcher = new LineBatcher(batch => batches.push(batch))
  for (const chunk of chunks) batcher.push(chunk)
  batcher.end()
  return batches
}

/** Cuts `whole` at any places, into pieces of at most a pipe's size. */
function chunked(whole: Buffer, places: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  for (let start = 0, turn = 0; start < whole.length; turn++) {
    const length = Math.min(places[turn % places.length] ?? maxChunkBytes, maxChunkBytes)
    chunks.push(whole.subarray(start, start + length))
    start += length
  }
  return chunks
}

/** The lines of the whole, as a simple program would find them: latin1, so that each character is a byte. */
function expectedLines(whole: Buffer): string[] {
  const lines = whole.toString('latin1').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function linesOf(batches: readonly LineBatch[]): string[] {
  return batches.flatMap(({ bytes }) => bytes.toString('latin1').split('\n').slice(0, -1))
}

const anyBytes = fc
  .array(fc.oneof(fc.constant(0x0a), fc.constant(0x0d), fc.integer({ min: 0, max: 255 })), { maxLength: 300 })
  .map(bytes => Buffer.from(bytes))

t.test('any bytes in any pieces are the lines that the whole has', async () => {
  fc.assert(
    fc.property(anyBytes, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (whole, places) => {
      const batches = batchesOf(chunked(whole, places))
      const lines = linesOf(batches)
      return (
        JSON.stringify(lines) === JSON.stringify(expectedLines(whole)) &&
        batches.every(({ bytes }) => bytes.at(-1) === 0x0a) &&
        batches.reduce((sum, batch) => sum + batch.lines, 0) === lines.length &&
        batches.every(({ cutBytes }) => cutBytes === 0)
      )
    }),
    { numRuns: 1_000 }
  )
})

t.test('lines of more than 64 KiB are cut, and what is cut off is counted', async () => {
  const length = fc.oneof(
    fc.integer({ min: 0, max: 10 }),
    fc.integer({ min: maxLineBytes - 2, max: maxLineBytes + 2 }),
    fc.integer({ min: 0, max: 4 * maxLineBytes })
  )
  const places = fc.array(fc.integer({ min: 1_000, max: maxChunkBytes }), { minLength: 1 })
  fc.assert(
    fc.property(fc.array(length, { maxLength: 6 }), places, fc.boolean(), (lengths, places, isEnded) => {
      const text = lengths.map((length, index) => String.fromCharCode(0x61 + index).repeat(length)).join('\n')
      const whole = Buffer.from(isEnded ? `${text}\n` : text)
      const batches = batchesOf(chunked(whole, places))
      const expected = expectedLines(whole)
      const cut = expected.map(line => Math.max(0, line.length - maxLineBytes)).filter(bytes => bytes > 0)
      const counted = batches.filter(({ cutBytes }) => cutBytes > 0)
      return (
        linesOf(batches).join('\n') === expected.map(line => line.slice(0, maxLineBytes)).join('\n') &&
        JSON.stringify(counted.map(({ cutBytes }) => cutBytes)) === JSON.stringify(cut) &&
        counted.every(({ lines }) => lines === 1)
      )
    }),
    { numRuns: 100 }
  )
})

t.test('what is kept of a chunk is a copy: the chunk can be used again', async t => {
  const batches: LineBatch[] = []
  const batcher = new LineBatcher(batch => batches.push(batch))
  const chunk = Buffer.from('half')
  batcher.push(chunk)
  chunk.fill(0x78)
  batcher.push(Buffer.from(' a line\n'))
  t.equal(String(batches[0]?.bytes), 'half a line\n')
})

t.test('a stream that ends with a newline, or without a byte, has no line more', async t => {
  t.same(batchesOf([]), [])
  t.same(batchesOf([Buffer.alloc(0)]), [])
  t.equal(batchesOf([Buffer.from('a\n')]).length, 1)
  t.match(batchesOf([Buffer.from('\n')]), [{ lines: 1 }], 'an empty line is a line')
})

t.test('a chunk larger than a pipe gives makes no larger batches', async t => {
  const chunk = Buffer.from('a line\n'.repeat(100_000))
  const batches = batchesOf([chunk])
  t.ok(batches.every(({ bytes }) => bytes.length <= maxLineBytes + 1))
  t.same(Buffer.concat(batches.map(({ bytes }) => bytes)), chunk)
})

t.test('as text a line has no line end, of either kind, and no invalid UTF-8', async t => {
  const text = (bytes: Buffer) => [...textLines(bytes)]
  t.same(text(Buffer.from('a\r\nb\n\r\n\nc\rd\n')), ['a', 'b', '', '', 'c\rd'])
  t.same(text(Buffer.from([0x61, 0xff, 0x62, 0x0a])), ['a\ufffdb'])
  t.same(text(Buffer.from('ü€😀\u2028\n')), ['ü€😀\u2028'])
})
