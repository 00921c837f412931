import { deepStrictEqual } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import { decodeRecords, encodeRecord, type LogRecord, missingLines, recordLines } from '../../src/session-log/record.ts'

const anyLine = fc
  .uint8Array({ maxLength: 30 })
  .map(bytes => Buffer.from([...bytes.map(byte => (byte === 0x0a ? 0x20 : byte)), 0x0a]))

const anyRecord: fc.Arbitrary<LogRecord> = fc
  .record({
    seq: fc.integer({ min: 1, max: 2 ** 40 }),
    time: fc.integer({ min: 0, max: 2 ** 42 }),
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    cutBytes: fc.nat(),
    lines: fc.array(anyLine, { minLength: 1, maxLength: 5 })
  })
  .map(({ lines, ...record }) => ({ ...record, lines: lines.length, bytes: Buffer.concat(lines) }))

t.test('records come back as they were written', async () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { maxLength: 5 }), records => {
      const segment = Buffer.concat(records.map(encodeRecord))
      deepStrictEqual(decodeRecords(segment), { records, length: segment.length })
    })
  )
})

t.test('a segment that is cut off anywhere has the records before that place', async () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 4 }), fc.nat(), (records, place) => {
      const encoded = records.map(encodeRecord)
      const segment = Buffer.concat(encoded)
      const cut = segment.subarray(0, place % segment.length)
      const whole = encoded.filter((_, index) => Buffer.concat(encoded.slice(0, index + 1)).length <= cut.length)
      const length = Buffer.concat(whole).length
      deepStrictEqual(decodeRecords(cut), { records: records.slice(0, whole.length), length })
    })
  )
})

t.test('the lines of a record are numbered one by one', async t => {
  const bytes = Buffer.from('a\nb\nc\n')
  const lines = recordLines({ seq: 7, time: 0, stream: 'stderr', lines: 3, cutBytes: 0, bytes, skip: 1 })
  t.same(lines, [
    { seq: 8, time: '1970-01-01T00:00:00.000Z', stream: 'stderr', line: 'b' },
    { seq: 9, time: '1970-01-01T00:00:00.000Z', stream: 'stderr', line: 'c' }
  ])
})

t.test('what is missing is one line that says how much; to resume after it is to resume after the gap', async t => {
  const next: LogRecord = { seq: 12, time: 0, stream: 'stdout', lines: 1, cutBytes: 0, bytes: Buffer.from('x\n') }
  t.same(recordLines(missingLines(5, next)), [
    { seq: 11, time: '1970-01-01T00:00:00.000Z', stream: 'gateway', line: '(7 lines are missing)', missing: 7 }
  ])
})
