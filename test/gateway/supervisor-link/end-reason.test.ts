import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { logLength, readEndReason } from '../../../src/gateway/supervisor-link/end-reason.ts'
import { temporaryFolder } from '../../helper.ts'

const uncaught = `/app/src/supervisor/main.ts:12
    throw new TypeError('boom: no')
          ^

TypeError: boom: no
    at file:///app/src/supervisor/main.ts:12:11
    at ModuleJob.run (node:internal/modules/esm/module_job:343:25) {
  code: 'EBOOM'
}

Node.js v24.21.0
`

const outOfMemory = `
<--- Last few GCs --->

[123:0x55] 61 ms: Mark-Compact 10.3 (11.2) -> 9.8 (12.2) MB

<--- JS stacktrace --->

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0xe1a9a0 node::OOMErrorHandler(char const*, v8::OOMDetails const&)
`

t.test('of what a process wrote last, the sentence that says why it ended', async t => {
  const path = join(await temporaryFolder(t), 'supervisor.log')
  t.equal(readEndReason(path, 0), undefined)
  await writeFile(path, 'an earlier one said this\n')
  const start = logLength(path)
  t.equal(readEndReason(path, start), undefined)
  await appendFile(path, uncaught)
  t.equal(readEndReason(path, start), 'TypeError: boom: no')
  const second = logLength(path)
  await appendFile(path, outOfMemory)
  t.match(readEndReason(path, second), /^FATAL ERROR: Reached heap limit/)
  const third = logLength(path)
  await appendFile(path, 'x'.repeat(200_000))
  await appendFile(path, '\nthe disk is full\n\n')
  t.equal(readEndReason(path, third), 'the disk is full')
})
