import { defineProgram, withCommand } from './program.ts'
import { report } from './report.ts'
import { endWithReader } from './terminal/print.ts'

// Node's default would open an inspector, through which any process on this machine could run code here.
process.on('SIGUSR1', () => {})

const args = withCommand(process.argv.slice(2))
// The gateway itself outlives the readers of its output.
if (args[0] !== 'serve') endWithReader()

const program = await defineProgram(args[0])

try {
  await program.parseAsync(args, { from: 'user' })
} catch (error) {
  process.exitCode = report(error as Error)
}
