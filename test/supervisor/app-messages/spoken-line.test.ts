import t from 'tap'
import { messagesIn, parseLine } from '../../../src/supervisor/app-messages/spoken-line.ts'

t.test('a line that begins with a word says what the app does; any other is output', async t => {
  const rows: readonly (readonly [string, object | undefined])[] = [
    ['PROGRESS 40 compiling', { type: 'progress', percent: 40, text: 'compiling' }],
    ['PROGRESS 0', { type: 'progress', percent: 0 }],
    ['PROGRESS 100', { type: 'progress', percent: 100 }],
    ['PROGRESS 33.3 a  b', { type: 'progress', percent: 33.3, text: 'a  b' }],
    ['PROGRESS 40% compiling', { type: 'progress', percent: 40, text: 'compiling' }],
    ['PROGRESS 400 x', undefined],
    ['PROGRESS 100.1', undefined],
    ['PROGRESS -1', undefined],
    ['PROGRESS compiling', undefined],
    ['PROGRESS 40compiling', undefined],
    ['PROGRESS 1e2', undefined],
    ['PROGRESS', undefined],
    ['STATUS waiting for the disk', { type: 'progress', text: 'waiting for the disk' }],
    ['STATUS', undefined],
    ['STATUSES x', undefined],
    ['EXTEND 30000', { type: 'extend', ms: 30_000 }],
    ['EXTEND 99999999999999999999999', { type: 'extend', ms: 86_400_000 }],
    ['EXTEND soon', undefined],
    ['EXTEND 30 s', undefined],
    ['EXTEND -5', undefined],
    ['FAIL no disk', { type: 'fail', message: 'no disk' }],
    ['FAIL', undefined],
    ['FAIL\tpackage 0.1s', undefined],
    [' FAIL why', undefined],
    ['fail why', undefined],
    ['READY', undefined],
    ['', undefined]
  ]
  for (const [line, message] of rows) t.strictSame(parseLine(line), message, line)
})

t.test('each line of a batch is read, also with \\r\\n and without an end', async t => {
  const batch = Buffer.from('x\nSTATUS a\r\n\nFAILURE\nPROGRESS 1\nSTATUS b')
  t.strictSame(
    [...messagesIn(batch)],
    [
      { type: 'progress', text: 'a' },
      { type: 'progress', percent: 1 },
      { type: 'progress', text: 'b' }
    ]
  )
})

t.test('a line of any length is a message of a bounded one', async t => {
  const [status] = messagesIn(Buffer.from(`STATUS ${'x'.repeat(1_048_576)}\n`))
  t.match(status, { text: /^x{499}…$/ })
  const [failure] = messagesIn(Buffer.from(`FAIL ${'x'.repeat(65_536)}\n`))
  t.match(failure, { message: /^x{1023}…$/ })
})
