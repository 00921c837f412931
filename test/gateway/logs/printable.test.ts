import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { printable } from '../../../src/gateway/logs/printable.ts'
import { build, launch, shell, until } from '../../helper.ts'
import { logLines } from '../../log-lines.ts'

t.test('no text of an app brings a control character to a terminal, and other text stays as it is', async t => {
  const control = fc.integer({ min: 0, max: 0x9f }).map(code => String.fromCharCode(code))
  const text = fc.array(fc.oneof(control, fc.constantFrom('\u001b[', '\u009b', '\u001b]', '0;title', 'ü', '😀', 'm')))
  fc.assert(
    fc.property(text, pieces => {
      const printed = printable(pieces.join(''))
      return Array.from(printed).every(char => {
        const code = char.codePointAt(0) ?? 0
        return code >= 0x20 && !(code >= 0x7f && code <= 0x9f)
      })
    }),
    { numRuns: 2_000 }
  )
  t.equal(printable('größe 😀 {"a":1} \u2028'), 'größe 😀 {"a":1} \u2028')
  t.equal(
    printable('user\u202enimda\u202c \u2066x\u2069'),
    'user\ufffdnimda\ufffd \ufffdx\ufffd',
    'and no line looks like another'
  )
  t.equal(printable('\u001b[31mred\u001b[0m and\tbell\u0007'), 'red and\ufffdbell\ufffd')
})

t.test(
  'a line of stderr is cleaned in the gateway’s log, and is as the app wrote it in the log of the session',
  async t => {
    const log = logLines()
    const written = '\u001b[2J\u001b]0;owned\u0007red \u009b31m\rdone'
    const rude = shell(`printf '\\033[2J\\033]0;owned\\007red \\302\\23331m\\rdone\\n' >&2`)
    const fastify = await build(t, { apps: { rude }, logger: log.logger, server: { logApps: 'all' } })
    const { id } = await launch(fastify, 'rude')
    await until(fastify, id, 'stopped')
    const line = () => log.lines.find(line => 'stream' in line)
    while (!line()) await nextTurn()
    t.match(line(), { stream: 'stderr', sessionId: id, msg: printable(written) })
    t.notMatch(printable(written), /\p{Cc}/u)
    t.equal((await fastify.inject(`/sessions/${id}/logs`)).body, `${written}\n`)
  }
)
