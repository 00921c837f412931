import { readFile } from 'node:fs/promises'
import t from 'tap'
import { hasFailed } from '../../src/session/failure.ts'
import { stopReasons } from '../../src/session/session.ts'

t.test('a session has failed by its reason, whatever its exit code', async t => {
  const failed = stopReasons.filter(reason => hasFailed({ reason, exitCode: 0 }))
  t.same(failed, [
    ...['readyTimeout', 'readyMissed', 'spawnFailed', 'startFailed', 'runtimeUnset', 'appFailed', 'unhealthy'],
    ...['watchdog', 'memoryLimit', 'processLimit', 'supervisorLost']
  ])
  t.notOk(hasFailed({ reason: 'terminated', exitCode: 1 }))
  t.notOk(hasFailed({ reason: 'gatewayStopped' }))
})

t.test('a session that exited has failed unless its exit code is 0', async t => {
  t.notOk(hasFailed({ reason: 'exited', exitCode: 0 }))
  t.ok(hasFailed({ reason: 'exited', exitCode: 3 }))
  t.ok(hasFailed({ reason: 'exited' }), 'a signal ended it')
})

t.test('a reason of a later gateway is a failure', async t => {
  t.ok(hasFailed({ reason: 'evicted', exitCode: 0 }))
  t.ok(hasFailed({ reason: 'toString', exitCode: 0 }))
})

t.test('the documentation has the same table', async t => {
  const text = await readFile(new URL('../../docs/http.md', import.meta.url), 'utf8')
  const [, table = ''] = /## Which sessions have failed\?\n([^#]*)/.exec(text) ?? []
  const reasonsOf = (answer: RegExp) =>
    table
      .split('\n')
      .flatMap(row => (answer.test(row) ? [...row.matchAll(/`([a-zA-Z]+)`/g)].map(([, name]) => name) : []))
  t.same(
    reasonsOf(/\| always/),
    stopReasons.filter(reason => hasFailed({ reason, exitCode: 0 }))
  )
  t.same(
    reasonsOf(/\| never/),
    stopReasons.filter(reason => !hasFailed({ reason }))
  )
})
