import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { decodeRecord } from '../../src/session-log/decode.ts'
import { encodeRecord, type LogRecord, lineOrigins, missingLines, recordLines } from '../../src/session-log/record.ts'

const anyLine = fc
  .uint8Array({ maxLength: 30 })
  .map(bytes => Buffer.from([...bytes.map(byte => (byte === 0x0a ? 0x20 : byte)), 0x0a]))

const anyRecord: fc.Arbitrary<LogRecord> = fc
  .record({
    seq: fc.integer({ min: 1, max: 2 ** 40 }),
    time: fc.integer({ min: 0, max: 2 ** 42 }),
    stream: fc.constantFrom(...lineOrigins),
    cutBytes: fc.nat(),
    lines: fc.array(anyLine, { minLength: 1, maxLength: 5 })
  })
  .map(({ lines, ...record }) => ({ ...record, lines: lines.length, bytes: Buffer.concat(lines) }))

t.test('a record comes back as it was written, wherever it is', async () => {
  fc.assert(
    fc.property(anyRecord, fc.nat({ max: 50 }), (record, offset) => {
      const encoded = encodeRecord(record)
      const segment = Buffer.concat([Buffer.alloc(offset), encoded, Buffer.from('1 2 o')])
      deepStrictEqual(decodeRecord(segment, offset, 2), { type: 'record', record, end: offset + encoded.length })
    })
  )
})

t.test('a record that is cut off anywhere may still become whole', async () => {
  fc.assert(
    fc.property(anyRecord, fc.nat(), (record, place) => {
      const encoded = encodeRecord(record)
      const cut = encoded.subarray(0, place % encoded.length)
      deepStrictEqual(decodeRecord(cut, 0, 2), { type: 'partial' })
    })
  )
})

t.test('a record with any bit changed is not taken for a whole one', async () => {
  fc.assert(
    fc.property(anyRecord, fc.nat(), fc.nat({ max: 7 }), (record, place, bit) => {
      const damaged = encodeRecord(record)
      const at = place % damaged.length
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
      return decodeRecord(damaged, 0, 2).type !== 'record'
    }),
    { numRuns: 1_000 }
  )
})

t.test('a header of absurd numbers is broken, in either version', async t => {
  const headers = [
    '1 2 o 1 -5 0',
    '1 2 o 1 99999999 0',
    '1 2 o 1 65538 0',
    '1 2 o 9 2 0',
    '-1 2 o 1 2 0',
    '1 9e99 o 1 2 0',
    'x'
  ]
  for (const header of headers) {
    for (const line of [`${header}\nx\n`, `${header} 00000000\nx\n`]) {
      t.same(decodeRecord(Buffer.from(line), 0, 1), { type: 'broken' }, line)
      t.same(decodeRecord(Buffer.from(line), 0, 2), { type: 'broken' }, line)
    }
  }
  t.same(decodeRecord(Buffer.alloc(200, '1'), 0, 2), { type: 'broken' }, 'a header without end')
})

t.test('the lines of a record are numbered one by one', async t => {
  const bytes = Buffer.from('a\nb\nc\n')
  const lines = recordLines({ seq: 7, time: 0, stream: 'stderr', lines: 3, cutBytes: 0, bytes }, 1)
  t.same(
    [...lines],
    [
      { seq: 8, time: '1970-01-01T00:00:00.000Z', stream: 'stderr', line: 'b' },
      { seq: 9, time: '1970-01-01T00:00:00.000Z', stream: 'stderr', line: 'c' }
    ]
  )
})

t.test('what is missing is one line that says how much; to resume after it is to resume after the gap', async t => {
  const next: LogRecord = { seq: 12, time: 0, stream: 'stdout', lines: 1, cutBytes: 0, bytes: Buffer.from('x\n') }
  const time = '1970-01-01T00:00:00.000Z'
  t.same(missingLines(5, next), { seq: 11, time, stream: 'gateway', line: '(7 lines are missing)', missing: 7 })
})
