import fc from 'fast-check'
import t from 'tap'
import { literal, parse, parsePattern, placeholdersIn, render, substitute } from '../../src/template/template.ts'

const shown = (text: string) => render(parse(text), ({ name, key }) => `<${name}${key === undefined ? '' : ` ${key}`}>`)

const shellScript = ['f() { echo $', '{HOME} $', '{a:-$', '{b}}; }'].join('')

t.test('a text becomes what the table says', async t => {
  const table: Readonly<Record<string, string>> = {
    'plain text': 'plain text',
    '{port} {port:admin} {dir} {params.size} {env.HOME}': '<port> <port admin> <dir> <params size> <env HOME>',
    '{appId}-{sessionId}@{node}': '<appId>-<sessionId>@<node>',
    '{{port}}': '{port}',
    '{{{port}}}': '{<port>}',
    '{"a": {"b": [{"c": 1}]}}': '{"a": {"b": [{"c": 1}]}}',
    '{"port": {port}}': '{"port": <port>}',
    '{{"a": 1}}': '{"a": 1}',
    '{{"a": {{"b": 1}}}}': '{"a": {"b": 1}}',
    '{{"a": {"b": 1}}}': '{"a": {"b": 1}}',
    [shellScript]: shellScript,
    "awk '{ print $1 }' {} +": "awk '{ print $1 }' {} +",
    '{a,b} {1..3} { } {é}': '{a,b} {1..3} { } {é}',
    [['$', '{port}'].join('')]: '$<port>',
    '}} { {{ }': '} { { }',
    '': ''
  }
  for (const [text, result] of Object.entries(table)) t.equal(shown(text), result, text)
})

t.test('what has the shape of a placeholder and is none is text, and told', async t => {
  const table: Readonly<Record<string, readonly string[]>> = {
    '{prot} {Port} {port.admin}': ['{prot}', '{Port}', '{port.admin}'],
    '{port:} {port:9} {params.} {params} {env}': ['{port:}', '{params.}', '{params}', '{env}'],
    '{dir.x} {env.A-B} {toString} {constructor.x}': ['{dir.x}', '{env.A-B}', '{toString}', '{constructor.x}'],
    '${prot} {{prot}} {a b}': []
  }
  for (const [text, unknown] of Object.entries(table)) t.same(parse(text).unknown, unknown, text)
})

t.test('a regular expression keeps its braces', async t => {
  const { parts, unknown } = parsePattern('^\\p{Lu}+ a{2} b{{2}} {port} {prot}$')
  t.same(parts, ['^\\p{Lu}+ a{2} b{{2}} ', { text: '{port}', name: 'port' }, ' {prot}$'])
  t.same(unknown, [])
})

const braces = fc.string({ unit: fc.constantFrom('{', '}', '{port}', '{env.A}', '{prot}', '$', 'a', ' ', '"') })

t.test('doubled braces make any text of a template, and literal() does where it must', async t => {
  fc.assert(
    fc.property(braces, text => {
      t.equal(shown(text.replaceAll(/[{}]/g, brace => brace + brace)), text)
      t.equal(shown(literal(text)), text)
    })
  )
})

t.test('a value is never read again', async t => {
  fc.assert(
    fc.property(braces, braces, (text, value) => {
      const parts = parse(text).parts.map(part => (typeof part === 'string' ? part : value))
      t.equal(
        render(parse(text), () => value),
        parts.join('')
      )
      t.equal(
        shown(substitute(text, '{env.A}', value)),
        shown(text).replaceAll('<env A>', () => value)
      )
    })
  )
})

t.test('a text without a placeholder is its own template, or has doubled braces', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      if (text.includes('{{') || text.includes('}}')) return
      if (placeholdersIn(parse(text)).length === 0) t.equal(shown(text), text)
    })
  )
})

t.test('a text of a megabyte is parsed in no time', async t => {
  for (const piece of ['{', '}', '{{', '{a', '{port', '{a.', '{port}', '{"a":']) {
    const text = piece.repeat(1_000_000 / piece.length)
    const start = performance.now()
    parse(text)
    t.ok(performance.now() - start < 5_000, piece)
  }
})
