import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { identityOf } from '../../src/users/change-user.ts'
import { forbiddenPart } from '../../src/users/may-execute.ts'
import { temporaryFolder } from '../helper.ts'
import { withoutTap } from '../outside-tap.ts'
import { Command, configFile } from './command.ts'

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']

t.test('check warns of files of variables that are missing, unreadable or open to every user', async t => {
  const cwd = await folderOfFiles(t)
  await configFile(cwd, {
    apps: {
      fine: { command: ['sh'], envFile: 'own', secrets: { PG: { file: 'own' } } },
      gone: { command: ['sh'], envFile: ['own', 'no.env'], secrets: { PG: { file: '/no/such/secret' } } },
      open: { command: ['sh'], cwd: '{dir}', dir: 'session', envFile: 'open', secrets: { PG: { file: 'open' } } },
      folder: { command: ['sh'], secrets: { PG: { file: 'folder' } } }
    }
  })
  const { code, stderr } = await new Command(t, ['check'], { cwd }).ended()
  t.equal(code, 0)
  const open = `every user of this machine can read ${cwd}/open; chmod o-r takes that away`
  t.same(stderr.trimEnd().split('\n'), [
    'weft-gateway: warnings:',
    `  apps.gone.envFile: there is no file ${cwd}/no.env`,
    '  apps.gone.secrets.PG.file: there is no file /no/such/secret',
    `  apps.open.envFile: ${open}`,
    `  apps.open.secrets.PG.file: ${open}`,
    `  apps.folder.secrets.PG.file: ${cwd}/folder is no regular file`
  ])
})

t.test('check as a user who is not root', unlessRootAndReachable(), async t => {
  const cwd = await folderOfFiles(t)
  await chmod(cwd, 0o755)
  await t.test('warns of files that this user can’t read', async t => {
    await configFile(cwd, { apps: { app: { command: ['sh'], envFile: 'own', secrets: { PG: { file: 'own' } } } } })
    const { code, stderr } = await checkAsNobody(cwd)
    t.equal(code, 0)
    const detail = `${cwd}/own can't be read by the user that runs this check`
    t.same(stderr.trimEnd().split('\n').slice(1), [
      `  apps.app.envFile: ${detail}`,
      `  apps.app.secrets.PG.file: ${detail}`
    ])
  })
  await t.test('refuses another user and another group, and takes its own', async t => {
    await configFile(cwd, {
      templates: { service: { group: 'root' } },
      apps: {
        fine: { command: ['sh'], user: '65534' },
        user: { command: ['sh'], user: 'root' },
        group: { command: ['sh'], group: 'root' }
      }
    })
    const { code, stderr } = await checkAsNobody(cwd)
    t.equal(code, 78)
    const detail = 'only a gateway that runs as root can run an app as another user or group'
    t.same(stderr.trimEnd().split('\n').slice(1), [
      `  templates.service.group: ${detail}`,
      `  apps.user.user: ${detail}`,
      `  apps.group.group: ${detail}`
    ])
  })
})

async function folderOfFiles(t: Test): Promise<string> {
  const cwd = await temporaryFolder(t)
  await mkdir(join(cwd, 'folder'))
  await writeFile(join(cwd, 'own'), 'A=1\n', { mode: 0o600 })
  await writeFile(join(cwd, 'open'), 'A=1\n')
  await chmod(join(cwd, 'open'), 0o644)
  return cwd
}

function checkAsNobody(cwd: string): Promise<{ code: unknown; stderr: string }> {
  const args = [...withoutTap, ...nobody, process.execPath, main, 'check']
  const options = { cwd, env: { PATH: process.env.PATH ?? '' }, timeout: 60_000 }
  return new Promise(resolve => {
    execFile('env', args, options, (error, _, stderr) => resolve({ code: error ? error.code : 0, stderr }))
  })
}

/** The user nobody needs a way to node and to the sources. */
function unlessRootAndReachable() {
  if (process.geteuid?.() !== 0) return { skip: 'only root can become another user' }
  const closed = [process.execPath, import.meta.dirname].map(path => forbiddenPart(path, identityOf({ user: '65534' })))
  const part = closed.find(path => path !== undefined)
  return part === undefined ? {} : { skip: `${part} is closed to other users` }
}
