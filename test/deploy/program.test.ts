import t from 'tap'
import { temporaryFolder } from '../helper.ts'
import { Program } from './program.ts'

t.test('a program that ignores SIGTERM is gone after the test, with its children', async t => {
  const script = 'trap "" TERM; sleep 300 & echo up >&2; wait'
  let program: Program | undefined
  await t.test('while it runs', async t => {
    program = new Program(t, { command: ['sh', '-c', script], cwd: await temporaryFolder(t), graceMs: 100 })
    await program.until(async () => program?.errors === 'up\n')
    t.equal(program.processes.length, 2)
  })
  t.same(program?.processes, [])
})

t.test('a program that does not start is an error with its reason', async t => {
  const program = new Program(t, { command: ['/nowhere/nginx'], cwd: await temporaryFolder(t) })
  await t.rejects(
    program.until(async () => false),
    /ENOENT/
  )
})
