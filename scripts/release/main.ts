import { join } from 'node:path'
import type { Check } from './check.ts'
import { checksOf } from './checks.ts'
import { publishing } from './publishing.ts'
import { versionOf } from './versions.ts'

/* Checks all that must hold before a release, and says what to publish then. It publishes nothing itself. */

const root = join(import.meta.dirname, '../..')
const checks = checksOf(root)

const help = `Usage: npm run release -- [--help] [check...]

Checks that the project can be released, and says what to publish, in order.
It publishes nothing. Without names it runs all checks:

${checks.map(({ name, holds }) => `  ${name.padEnd(10)} ${holds}`).join('\n')}

Exits with 0 if all hold, with 1 if not, with 64 if it is called wrongly.
`

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(help)
    return 0
  }
  const unknown = args.filter(name => !checks.some(check => check.name === name))
  if (unknown.length > 0) {
    process.stderr.write(`release: there is no check ${unknown.join(', ')}; --help names them\n`)
    return 64
  }
  const chosen = args.length > 0 ? checks.filter(({ name }) => args.includes(name)) : checks
  let failed = 0
  for (const check of chosen) if (!(await passes(check))) failed += 1
  if (failed > 0) process.stdout.write(`\nnot ready for a release: ${failed} of ${chosen.length} checks failed\n`)
  else if (chosen.length === checks.length) process.stdout.write(publishing(await versionOf(root)))
  return failed > 0 ? 1 : 0
}

async function passes({ name, holds, run }: Check): Promise<boolean> {
  const problems = await run().catch((error: Error) => [error.message.trim()])
  const lines = problems.length > 0 ? problems : [holds]
  process.stdout.write(
    lines.map(line => `${problems.length > 0 ? 'FAIL' : 'ok  '} ${name.padEnd(10)} ${line}\n`).join('')
  )
  return problems.length === 0
}
