import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import t from 'tap'
import { appPatternPattern, appTest } from '../../src/config/app-patterns.ts'
import { appIdPattern } from '../../src/config/schema.ts'

t.test('a star stands for any characters, also for none, and everything else for itself', async t => {
  const cases: [string, string[], string[]][] = [
    ['*', ['a', 'demo.web'], []],
    ['demo.*', ['demo.web', 'demo.', 'demo.a.b'], ['demo', 'Demo.web', 'xdemo.web', 'demo-web']],
    ['demo', ['demo'], ['demo.web', 'dem', 'xdemo']],
    ['*.web', ['demo.web', '.web'], ['web', 'demo.web2']],
    ['a*b*c', ['abc', 'axbxc', 'abbcc', 'abcbc'], ['ab', 'acb', 'abcd', 'xabc']],
    ['ab*ba', ['abba', 'abxba'], ['aba', 'ab']],
    ['a**c', ['ac', 'abc'], ['a', 'c']],
    ['a.c', ['a.c'], ['abc']]
  ]
  for (const [pattern, fitting, others] of cases) {
    const fits = appTest([pattern])
    for (const id of fitting) t.ok(fits(id), `${pattern} ${id}`)
    for (const id of others) t.notOk(fits(id), `${pattern} ${id}`)
  }
  t.notOk(appTest([])('a'), 'no pattern fits nothing')
  t.ok(appTest(['a', 'b*'])('bc'), 'one of them is enough')
})

t.test('what is listed is what can be read: SQLite finds the same apps', async t => {
  const statement = new DatabaseSync(':memory:').prepare('SELECT ? GLOB ? AS fits')
  // Few characters, so that something fits.
  const [pattern, id] = [
    fc.stringMatching(/^[ab.*]{1,8}$/),
    fc.oneof(fc.stringMatching(/^[ab][ab.]{0,8}$/), fc.stringMatching(new RegExp(appIdPattern)))
  ]
  fc.assert(
    fc.property(pattern, id, (pattern, id) => appTest([pattern])(id) === (statement.get(id, pattern)?.fits === 1)),
    { numRuns: 5_000 }
  )
  t.pass()
})

t.test('a pattern has no characters that mean something else to SQLite', async t => {
  for (const pattern of ['[a]', 'a?', 'a b', '', "a'", 'ä']) t.notMatch(pattern, new RegExp(appPatternPattern), pattern)
})

t.test('no pattern takes long', async t => {
  const fits = appTest(['a*'.repeat(64).slice(0, 127).concat('b')])
  const begin = performance.now()
  for (let i = 0; i < 1_000; i++) fits('a'.repeat(128))
  t.ok(performance.now() - begin < 1_000)
})
