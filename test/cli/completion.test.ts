import { execFile, spawnSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../helper.ts'
import { Command } from './command.ts'
import { gatewayFor } from './gateway.ts'

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

/** A folder with the command `weft-gateway`. */
async function folderOfCommand(t: Test): Promise<string> {
  const folder = await temporaryFolder(t)
  const program = join(folder, 'weft-gateway')
  await writeFile(program, `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`)
  await chmod(program, 0o755)
  return folder
}

const hasZsh = spawnSync('zsh', ['--version']).status === 0
const hasFish = spawnSync('fish', ['--version']).status === 0

t.test('fish completes the same', { skip: !hasFish && 'this machine has no fish' }, async t => {
  const { url, run } = await gatewayFor(t)
  await run('launch', 'demo.web', '--wait')
  const { stdout: script } = await new Command(t, ['completion', 'fish']).ended()
  const folder = await folderOfCommand(t)
  const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder, WEFT_URL: url }
  const complete = async (line: string) => {
    const code = `${script}\ncomplete -C 'weft-gateway ${line}'`
    const { stdout } = await promisify(execFile)('fish', ['--no-config', '-c', code], { env, cwd: folder })
    return stdout
      .trimEnd()
      .split('\n')
      .map(candidate => candidate.split('\t')[0])
      .join(' ')
  }
  t.equal(await complete('la'), 'launch')
  t.equal(await complete('launch demo.'), 'demo.crash demo.short demo.web')
  t.equal(await complete('stop '), '1')
  t.equal(await complete('logs --str'), '--stream')
  t.equal(await complete('logs --stream '), 'stderr stdout')
  t.equal(await complete('token new --sc'), '--scope')
  t.equal(await complete('ps --app demo.w'), 'demo.web')
  t.equal(await complete('check --config weft'), 'weft-gateway')
})

t.test('bash completes commands, options, values, apps and ids of sessions', async t => {
  const { url, run } = await gatewayFor(t)
  await run('launch', 'demo.web', '--wait')
  const { stdout: script } = await new Command(t, ['completion', 'bash']).ended()
  const folder = await folderOfCommand(t)
  const env = { PATH: `${folder}:${process.env.PATH}`, WEFT_URL: url }
  const complete = async (...words: string[]) => {
    const list = words.map(word => `'${word}'`).join(' ')
    const call = `COMP_WORDS=(weft-gateway ${list}); COMP_CWORD=${words.length}; _weft_gateway; echo "\${COMPREPLY[@]}"`
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', `${script}\n${call}`], { env })
    return stdout.trim()
  }
  t.equal(await complete('la'), 'launch')
  t.equal(await complete('launch', 'demo.'), 'demo.crash demo.short demo.web')
  t.equal(await complete('stop', ''), '1')
  t.equal(await complete('logs', '--str'), '--stream')
  t.equal(await complete('logs', '--stream', 'std'), 'stdout stderr')
  t.equal(await complete('token', 'n'), 'new')
  t.equal(await complete('token', 'new', '--sc'), '--scope')
  t.equal(await complete('ps', '--app', 'demo.w'), 'demo.web')
})

t.test('zsh takes its script', { skip: !hasZsh && 'this machine has no zsh' }, async t => {
  const { stdout: script } = await new Command(t, ['completion', 'zsh']).ended()
  const code = `autoload -Uz compinit && compinit -D\n${script}\nwhence -w _weft_gateway; print $_comps[weft-gateway]`
  const { stdout, stderr } = await promisify(execFile)('zsh', ['-f', '-c', code])
  t.match({ stdout, stderr }, { stdout: /^_weft_gateway: function\n_bash_complete .*_weft_gateway/, stderr: '' })
})

t.test('there is a script for each shell, and no other', async t => {
  t.match((await new Command(t, ['completion', 'zsh']).ended()).stdout, /^autoload -Uz bashcompinit/)
  t.match(
    (await new Command(t, ['completion', 'fish']).ended()).stdout,
    /-n '__fish_seen_subcommand_from launch' -s w -l wait -d/
  )
  t.match(await new Command(t, ['completion', 'tcsh']).ended(), { code: 64, stderr: /bash, zsh, fish/ })
})
