import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { linesOf, pictureOf } from '../../scripts/command-line/picture.ts'
import { shell } from '../helper.ts'
import { withoutValues } from '../site/commands.ts'
import { gatewayFor } from './gateway.ts'

const file = join(import.meta.dirname, '../../docs/terminal.svg')
const columns = 90

/** What the picture of the README shows. */
const commands = [
  'launch demo.web --wait --label user=ada',
  'launch demo.clock --wait --label user=bob',
  'launch demo.crash --wait',
  'ps --all',
  'stop 1',
  'events --tail 2'
]

const apps = {
  'demo.web': shell('echo READY; exec sleep 1000'),
  'demo.clock': shell('echo READY; exec sleep 1000'),
  'demo.crash': shell("echo \"crash: can't open database '/nowhere/data.db'\" >&2; exit 3")
}

t.test('the picture of the README shows what the commands print; TAP_SNAPSHOT=1 makes it again', async t => {
  const { onTerminal } = await gatewayFor(t, { apps })
  const lines: string[] = []
  for (const command of commands) {
    const { stdout } = await onTerminal(columns, command.split(' '))
    // The progress of a launch is over by then.
    const printed = stdout.split('\r\n').map(line => line.slice(line.lastIndexOf('\u001b[K') + 1).replace(/^\[K/, ''))
    lines.push(`\u001b[2m$\u001b[22m weft-gateway ${command}`, ...printed.slice(0, -1), '')
  }
  const picture = pictureOf(lines.slice(0, -1), columns)
  if (process.env.TAP_SNAPSHOT === '1') writeFileSync(file, picture)
  t.same(linesOf(readFileSync(file, 'utf8')).map(withoutValues), linesOf(picture).map(withoutValues))
})
