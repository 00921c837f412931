import t from 'tap'
import { decodeCommand, decodeReport, ProtocolViolation } from '../../src/protocol/decode.ts'
import { LineReader } from '../../src/protocol/line-reader.ts'
import { chooseVersion } from '../../src/protocol/version.ts'

const refused = (line: string, message: RegExp) =>
  t.throws(() => decodeCommand(line), { constructor: ProtocolViolation, message })

t.test('what is no message is refused, and never acts as another', async () => {
  refused('', /not JSON/)
  refused('{', /not JSON/)
  refused('null', /not an object/)
  refused('7', /not an object/)
  refused('[]', /unknown type/)
  refused('{}', /unknown type/)
  refused('{"type":"forget","seq":1}', /unknown type 'forget'/)
  refused('{"type":"__proto__"}', /unknown type/)
  refused('{"type":"constructor"}', /unknown type/)
  refused('{"type":["acknowledge"],"seq":1}', /unknown type/)
})

t.test('a message whose members are wrong is refused with the place', async () => {
  refused('{"type":"acknowledge"}', /'acknowledge'.*\/seq/)
  refused('{"type":"acknowledge","seq":"1"}', /\/seq/)
  refused('{"type":"acknowledge","seq":-1}', /\/seq/)
  refused('{"type":"launch","launch":{}}', /\/launch\//)
  const request = { reason: 'terminated', initiator: 'client' }
  refused(JSON.stringify({ type: 'stop', sessionId: 1, request, force: true }), /\/key/)
  refused(JSON.stringify({ type: 'stop', key: '../../etc', request, force: true }), /\/key/)
})

t.test('members that are not known are tolerated, on both sides', async t => {
  t.match(decodeCommand('{"type":"ping","load":7}'), { type: 'ping' })
  t.match(decodeReport('{"type":"pong","load":7}'), { type: 'pong' })
})

t.test('depth costs nothing but bytes', async t => {
  const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`
  t.match(decodeCommand(`{"type":"ping","deep":${deep}}`), { type: 'ping' })
})

t.test('lines come whole however they are cut, and are bounded before they are whole', async t => {
  const text = '{"a":"é"}\n\n{"b":"\u2028"}\nrest'
  for (const size of [1, 2, 3, 7, 100]) {
    const reader = new LineReader(20)
    const bytes = Buffer.from(text)
    const lines: string[] = []
    for (let at = 0; at < bytes.length; at += size) lines.push(...reader.read(bytes.subarray(at, at + size)))
    t.same(lines, ['{"a":"é"}', '', '{"b":"\u2028"}'])
  }
  const reader = new LineReader(10)
  t.same([...reader.read(Buffer.alloc(10, 'x'))], [])
  t.throws(() => [...reader.read(Buffer.from('x'))], { constructor: ProtocolViolation, message: /more than 10 bytes/ })
})

t.test('the newest version that both speak is chosen', async t => {
  const ours = { min: 2, max: 3 }
  t.equal(chooseVersion({ min: 1, max: 2 }, ours), 2)
  t.equal(chooseVersion({ min: 3, max: 9 }, ours), 3)
  t.equal(chooseVersion({ min: 1, max: 1 }, ours), undefined)
  t.equal(chooseVersion({ min: 4, max: 9 }, ours), undefined)
})

t.test('an end is read with and without the processes that got signals', async t => {
  const stop = { reason: 'terminated', initiator: 'client', signal: 'SIGTERM', signalsSent: ['SIGTERM'], survivors: 0 }
  const signals = [{ signal: 'SIGTERM', at: '2026-11-22T18:00:00.000Z', count: 1, pids: [7] }]
  for (const told of [stop, { ...stop, signals }]) {
    const fact = { type: 'fact', seq: 1, key: 'key', input: { type: 'ended', time: 1, stop: told } }
    t.same(decodeReport(JSON.stringify(fact)), fact)
  }
})
