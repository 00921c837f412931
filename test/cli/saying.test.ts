import t from 'tap'
import { shell } from '../helper.ts'
import { gatewayFor } from './gateway.ts'

t.test('what an app says of itself is shown while it starts, and in ps and show', async t => {
  const script = 'echo PROGRESS 40 compiling; sleep 3; echo READY; echo STATUS serving; exec sleep 600'
  const { openTerminal, run } = await gatewayFor(t, { apps: { slow: shell(script, { speaks: true }) } })
  const terminal = openTerminal(200, 'launch', 'slow', '--wait')
  await terminal.until(/starting slow as session 1 .*: 40 % compiling/)
  t.match(await run('ps'), { stdout: /SAYS\s[\s\S]* 40 % compiling/ })
  await terminal.until('is running')
  t.equal(await terminal.exited, 0)
  while (!(await run('show', '1')).stdout.includes('says      40 % serving'));
  t.match(await run('ps', '--json'), { stdout: /"progress":\s*{\s*"percent":\s*40,\s*"text":\s*"serving"/ })
})
