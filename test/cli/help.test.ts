import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { manPage } from '../../scripts/command-line/man-page.ts'
import { allCommands, fullName, marker, reference } from '../../scripts/command-line/reference.ts'
import { exitCodes } from '../../src/cli/exit-codes.ts'
import { defineProgram } from '../../src/cli/program.ts'

const root = join(import.meta.dirname, '../..')

t.test('every command says what it does and has examples that call it', async t => {
  const program = await defineProgram()
  for (const command of allCommands(program)) {
    t.match(command.description(), /^[A-Z].+\.$/, fullName(command))
    t.ok(command.examples.length > 0, fullName(command))
    for (const { line } of command.examples) t.match(line, fullName(command))
    for (const option of command.options) t.match(option.description, /^\S/, `${fullName(command)} ${option.flags}`)
  }
})

t.test('examples use only options that their commands have', async t => {
  for (const command of allCommands(await defineProgram()).slice(1)) {
    const known = command.options.flatMap(({ long, short }) => [long, short])
    for (const { line } of command.examples) {
      const [own = ''] = line.slice(line.indexOf(fullName(command))).split(/ -- | \|/)
      for (const [option = ''] of own.matchAll(/(?<= )--?[a-z][a-z-]*/g)) t.ok(known.includes(option), line)
    }
  }
})

t.test('help fits a terminal of 80 columns', async t => {
  for (const command of allCommands(await defineProgram())) {
    let help = ''
    const writeOut = (text: string) => {
      help += text
    }
    command.configureOutput({ getOutHelpWidth: () => 80, getOutHasColors: () => false, writeOut })
    command.outputHelp()
    t.same(
      help.split('\n').filter(line => line.length > 80),
      [],
      fullName(command)
    )
  }
})

t.test('docs/command-line.md and the man page are those of the commands', async t => {
  const page = readFileSync(join(root, 'docs/command-line.md'), 'utf8')
  t.equal(page.slice(page.indexOf(marker)), await reference(), 'run npm run command-line')
  t.equal(readFileSync(join(root, 'man/weft-gateway.1'), 'utf8'), await manPage(), 'run npm run command-line')
  for (const code of Object.keys(exitCodes)) t.match(page, new RegExp(`^  ${code} +\\S`, 'm'), code)
})
