import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Fact } from '../../src/protocol/fact.ts'
import { Outbox } from '../../src/supervisor/outbox.ts'
import { temporaryFolder } from '../helper.ts'

const news = (key: string) => ({ key, input: { type: 'spawned', time: 1, pid: 7 } as const })

async function openOutbox(t: Test, path?: string) {
  const notices: string[] = []
  const file = path ?? join(await temporaryFolder(t), 'facts.json')
  return { path: file, notices, outbox: new Outbox({ path: file, notice: message => notices.push(message) }) }
}

function facts(outbox: Outbox, after = 0): Fact[] {
  const entry = outbox.next(after)
  return entry ? [JSON.parse(entry.json), ...facts(outbox, entry.seq)] : []
}

t.test('facts are numbered, kept until they are acknowledged, and taken over from the file', async t => {
  const { path, outbox } = await openOutbox(t)
  for (const key of ['a', 'b', 'c']) outbox.add(news(key))
  t.match(facts(outbox), [
    { seq: 1, key: 'a' },
    { seq: 2, key: 'b' },
    { seq: 3, key: 'c' }
  ])
  t.match(facts(outbox, 2), [{ seq: 3, key: 'c' }])
  outbox.forget(1)
  outbox.forget(0)
  t.same(outbox.keys, ['b', 'c'])
  outbox.save()
  const next = await openOutbox(t, path)
  t.same(next.notices, [])
  t.match(facts(next.outbox), [
    { type: 'fact', seq: 1, key: 'b', input: { type: 'spawned', pid: 7 } },
    { seq: 2, key: 'c' }
  ])
  t.ok(existsSync(path), 'until they are acknowledged')
  next.outbox.forget(99)
  t.same(facts(next.outbox), [])
  t.notOk(existsSync(path))
  next.outbox.add(news('d'))
  t.match(facts(next.outbox), [{ seq: 3, key: 'd' }])
})

t.test('a fact that can’t be sent is refused where it is made, and stands in nobody’s way', async t => {
  const { outbox } = await openOutbox(t)
  outbox.add(news('a'))
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const ready = (value: Record<string, unknown>) => ({
    key: 'b',
    input: { type: 'ready', time: 1, ready: value } as const
  })
  t.throws(() => outbox.add(ready(circular)))
  t.throws(() => outbox.add(ready({ text: 'x'.repeat(70_000) })), /more than 65536 bytes/)
  outbox.add(news('c'))
  t.match(facts(outbox), [
    { seq: 1, key: 'a' },
    { seq: 2, key: 'c' }
  ])
})

for (const [what, text] of [
  ['torn', '{"version":2,"facts":[{"type":"fact","seq":1,"key":"a"'],
  ['empty', ''],
  ['of another version', '[{"type":"fact","seq":1,"sessionId":1,"input":{"type":"stop","time":1}}]'],
  ['of something else', '{"version":2,"facts":[{"type":"fact","seq":1,"key":"../x","input":{"type":"stop","time":1}}]}']
] as const) {
  t.test(`a file of facts that is ${what} is told apart from none: kept aside, and said`, async t => {
    const path = join(await temporaryFolder(t), 'facts.json')
    await writeFile(path, text)
    const { outbox, notices } = await openOutbox(t, path)
    t.same(facts(outbox), [])
    t.match(notices, [/facts\.json was not written by this version, or not to its end: kept as .*unreadable/])
    const [aside] = readdirSync(join(path, '..'))
    t.match(aside, /^facts\.json\.unreadable-\d+$/)
    t.equal(readFileSync(join(path, '..', String(aside)), 'utf8'), text)
  })
}
