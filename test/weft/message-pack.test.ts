import fc from 'fast-check'
import t from 'tap'
import { Float } from '../../src/gateway/weft/decode.ts'
import { FrameReader, framed, frameOf } from '../../src/gateway/weft/frames.ts'
import { BadMessagePack, type Packable, pack, unpack } from '../../src/gateway/weft/message-pack.ts'
import type { Reply } from '../../src/gateway/weft/messages.ts'

t.test('replies are arrays, tag first, and so are the tables in them', t => {
  const table: [Reply, string][] = [
    [{ type: 'APP_STATE', session_id: 5, state: 'not_found' }, '93a94150505f535441544505a96e6f745f666f756e64'],
    [{ type: 'RUNNING_APPS', sessions: [{ session_id: 3, app_id: 'x' }] }, '92ac52554e4e494e475f41505053919203a178'],
    [{ type: 'ERROR', code: 1, message: 'm' }, '93a54552524f5201a16d'],
    [
      { type: 'NAVIGATION_GESTURE', gesture_type: 0, fingers: 300, dx: 0, dy: 1.5 },
      '95b24e415649474154494f4e5f4745535455524500cd012ccb0000000000000000cb3ff8000000000000'
    ]
  ]
  for (const [reply, hex] of table) {
    const frame = frameOf(reply)
    t.equal(frame.readUInt32LE(), frame.length - 4)
    t.equal(frame.subarray(4).toString('hex'), hex, reply.type)
  }
  t.end()
})

t.test('every value is read as it was written', t => {
  const { packable } = fc.letrec<{ packable: Packable }>(tie => ({
    packable: fc.oneof(
      { maxDepth: 4 },
      fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      fc.string({ maxLength: 300, unit: 'grapheme' }),
      fc.double().map(value => new Float(value)),
      fc.array(tie('packable'), { maxLength: 20 }),
      fc.dictionary(fc.string(), tie('packable'), { maxKeys: 20, noNullPrototype: true })
    )
  }))
  fc.assert(
    fc.property(packable, value => void t.strictSame(unpack(pack(value)), value)),
    { numRuns: 200 }
  )
  for (const length of [31, 32, 255, 256, 65_535, 65_536]) {
    t.equal(unpack(pack('x'.repeat(length))), 'x'.repeat(length))
    t.same((unpack(pack(Array(length).fill(1))) as []).length, length)
  }
  t.end()
})

t.test('formats that only others write are read, and bytes after the value are ignored', t => {
  const table: [string, unknown][] = [
    ['c0', null],
    ['c2', false],
    ['c3ffff', true],
    ['e0', -32],
    ['d080', -128],
    ['d3ffffffffffffffff', -1],
    ['ca3fc00000', new Float(1.5)],
    ['de0001a16107', { a: 7 }]
  ]
  for (const [hex, value] of table) t.strictSame(unpack(Buffer.from(hex, 'hex')), value, hex)
  t.end()
})

t.test('any bytes are read or refused, soon', t => {
  const hostile = ['', 'c1', 'c7', '92', 'ddffffffff', 'dfffffffffa0', 'dbffffffff', '91'.repeat(1_000)]
  for (const hex of hostile) t.throws(() => unpack(Buffer.from(hex, 'hex')), hex.slice(0, 20))
  const reads = fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
    try {
      unpack(Buffer.from(bytes))
    } catch (error) {
      if (!(error instanceof BadMessagePack)) throw error
    }
  })
  fc.assert(reads, { numRuns: 2_000 })
  t.end()
})

t.test('frames are the same however the stream is cut', t => {
  const bodies = ['', 'a', 'bc', 'x'.repeat(300)].map(text => Buffer.from(text))
  const stream = Buffer.concat(bodies.map(framed))
  for (const size of [1, 2, 3, 5, 7, 300, stream.length]) {
    const reader = new FrameReader()
    const read: string[] = []
    for (let at = 0; at < stream.length; at += size) {
      for (const body of reader.read(stream.subarray(at, at + size))) read.push(String(body))
    }
    t.same(read, bodies.map(String), `${size}`)
  }
  t.throws(() => [...new FrameReader(10).read(Buffer.from('0b000000', 'hex'))], { message: 'a frame of 11 bytes' })
  t.end()
})
