import t from 'tap'
import { Command, configFile } from '../cli/command.ts'
import { temporaryFolder } from '../helper.ts'

t.test('check warns of users and groups that are not there', { skip: process.geteuid?.() !== 0 }, async t => {
  const cwd = await temporaryFolder(t)
  await configFile(
    cwd,
    `[apps.a]
    command = ["true"]
    user = "no-such-user"
    [apps.b]
    command = ["true"]
    group = "no-such-group"
    [apps.c]
    command = ["true"]
    user = "nobody"
    umask = "077"`
  )
  const { code, stderr } = await new Command(t, ['check'], { cwd }).ended()
  t.equal(code, 0)
  t.match(stderr, "  apps.a.user: there is no user 'no-such-user' in /etc/passwd\n")
  t.match(stderr, "  apps.b.group: there is no group 'no-such-group' in /etc/group\n")
  t.notMatch(stderr, 'apps.c')
})

t.test('check refuses names and masks that can not be', async t => {
  const cwd = await temporaryFolder(t)
  await configFile(
    cwd,
    '[apps.a]\ncommand = ["true"]\nuser = "-x"\n[apps.b]\ncommand = ["true"]\numask = "777"\n[apps.c]\ncommand = ["true"]\ndirKeepMs = 1'
  )
  const { code, stderr } = await new Command(t, ['check'], { cwd }).ended()
  t.equal(code, 78)
  t.match(stderr, /apps\.a\.user: must match pattern/)
  t.match(stderr, /apps\.c\.dirKeepMs: goes only with dir = "session"/)
  t.match(stderr, /apps\.b\.umask: must match pattern/)
})
