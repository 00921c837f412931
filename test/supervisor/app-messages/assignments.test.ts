import t from 'tap'
import { parseAssignments } from '../../../src/supervisor/app-messages/assignments.ts'

t.test('a datagram has any number of assignments, and what is not known in it is ignored', async t => {
  const rows: readonly (readonly [string, readonly object[]])[] = [
    ['READY=1', [{ type: 'ready' }]],
    ['READY=1\n', [{ type: 'ready' }]],
    ['STATUS=half way\nREADY=1\nMAINPID=12', [{ type: 'progress', text: 'half way' }, { type: 'ready' }]],
    ['STATUS=a=b', [{ type: 'progress', text: 'a=b' }]],
    ['STATUS=', [{ type: 'progress', text: '' }]],
    ['READY=0', []],
    ['READY=', []],
    ['ready=1', []],
    [' READY=1', []],
    ['X_READY=1\nREADY', []],
    ['', []],
    ['\0\xff\n\n=\n=1', []],
    ['EXTEND_TIMEOUT_USEC=1500000', [{ type: 'extend', ms: 1_500 }]],
    ['EXTEND_TIMEOUT_USEC=1', [{ type: 'extend', ms: 1 }]],
    ['EXTEND_TIMEOUT_USEC=99999999999999999999', [{ type: 'extend', ms: 86_400_000 }]],
    ['EXTEND_TIMEOUT_USEC=-1\nEXTEND_TIMEOUT_USEC=1e9\nEXTEND_TIMEOUT_USEC=', []],
    ['WATCHDOG=1', [{ type: 'alive' }]],
    ['WATCHDOG=trigger', [{ type: 'stuck' }]],
    ['WATCHDOG=0', []],
    ['WATCHDOG_USEC=20000000', [{ type: 'aliveEvery', ms: 20_000 }]],
    ['ERRNO=2\nERRNO=-2\nERRNO=99999', [{ type: 'errno', errno: 2 }]],
    ['STOPPING=1', [{ type: 'stopping' }, { type: 'progress', text: 'stopping' }]],
    ['STOPPING=1\nSTATUS=saving', [{ type: 'stopping' }, { type: 'progress', text: 'saving' }]],
    ['RELOADING=1\nBARRIER=1\nFDSTORE=1\nNOTIFYACCESS=all', []]
  ]
  for (const [datagram, messages] of rows) t.strictSame(parseAssignments(datagram), messages, JSON.stringify(datagram))
})

t.test('a status is cut at 500 characters, and never within one', async t => {
  const [status] = parseAssignments(`STATUS=${'😀'.repeat(2_000)}`)
  t.match(status, { text: /^😀{249}…$/u })
})
