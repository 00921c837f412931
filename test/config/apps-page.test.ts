import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Command, configFile } from '../cli/command.ts'
import { temporaryFolder } from '../helper.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/apps.md'), 'utf8')

t.test('check finds no fault in any entry of docs/apps.md', async t => {
  const blocks = [...page.matchAll(/^```toml\n([\s\S]*?)^```$/gm)].map(([, text]) => text as string)
  t.ok(blocks.length > 5)
  for (const text of blocks) {
    const cwd = await temporaryFolder(t)
    await configFile(cwd, text)
    t.match(await new Command(t, ['check'], { cwd }).ended(), { code: 0 }, text)
  }
})
