import t from 'tap'
import { compilePattern } from '../../src/readiness/linear-pattern.ts'

t.test('patterns mean what they mean in JavaScript', async t => {
  const rows: readonly (readonly [string, string, Record<string, string> | undefined])[] = [
    ['READY', 'it is READY now', {}],
    ['^READY$', 'it is READY now', undefined],
    ['^listening on (?<host>[^:]+):(?<port>\\d{1,5})(?<tls> with TLS)?', 'listening on [::1]:80', undefined],
    [
      '^listening on (?<host>[^:]+):(?<port>\\d{1,5})(?<tls> with TLS)?',
      'listening on x:80',
      { host: 'x', port: '80' }
    ],
    ['ws:\\/\\/(?<host>\\S+)', 'at ws://x:1/y z', { host: 'x:1/y' }],
    ['(?<a>x)|(?<b>y)', 'y', { b: 'y' }],
    ['(?<letters>\\p{L}+)', '1 größe 2', { letters: 'größe' }],
    ['\\u0041\\x42[^]', 'AB\n', {}],
    ['(?<empty>)x', 'x', { empty: '' }],
    ['^(?<face>.)$', '😀', { face: '😀' }]
  ]
  for (const [source, text, groups] of rows) t.strictSame(compilePattern(source)(text), groups, `${source} on ${text}`)
})

t.test('what needs backtracking, and what is no pattern, is refused in words', async t => {
  const rows = {
    '(?=a)b': /\(\?=/,
    '(?<!a)b': /\(\?<!/,
    '(a)\\1': /\\1/,
    '(': /missing closing \)/,
    '[': /missing closing \]/
  }
  for (const [source, message] of Object.entries(rows)) {
    t.throws(() => compilePattern(source), { name: 'SyntaxError', message }, source)
  }
})
