import { existsSync, writeFileSync } from 'node:fs'
import { wholeNumber } from '../arguments.ts'
import type { GatewayCommand } from '../gateway-command.ts'
import { durationText } from '../terminal/duration.ts'
import { print, tell } from '../terminal/print.ts'
import { showProgress } from '../terminal/progress.ts'
import { WrongUsage } from '../wrong-usage.ts'

interface InitOptions {
  readonly app?: string
  readonly file: string
  readonly force?: true
  /** False with --no-try. */
  readonly try: boolean
  readonly seconds: number
}

export function define(command: GatewayCommand): void {
  command
    .argument('<command...>', 'what runs the app: a program and its arguments, with {port} where it takes a port')
    .passThroughOptions()
    .option('--app <id>', 'the id of the app; by default the name of the program or script')
    .option('--file <file>', 'the file to write', 'weft-gateway.toml')
    .option('--force', 'replace the file if it exists')
    .option('--no-try', 'do not run the command to find out how it shows that it is ready')
    .option('--seconds <seconds>', 'how long to try it at most', wholeNumber, 10)
    .note(
      'The command is run once, in this folder, with a free port as PORT and as {port}, and stopped as soon as it is ready. An argument that looks like a port becomes {port}, so that several sessions can run at a time. A port that the command opens without being told is found, too.'
    )
    .example('weft-gateway init node server.js', 'declare an app, and find out when it is ready')
    .example('weft-gateway init --app files -- python3 -m http.server {port}', 'with an id and a port of its own')
    .action(run)
}

async function run(argv: readonly string[], options: InitOptions): Promise<void> {
  const { file, force } = options
  if (existsSync(file) && !force) throw new WrongUsage(`${file} exists: --force replaces it, --file names another`)
  const [{ appIdOf, withPortPlaceholder }, { catalogueFile, readyComment }] = await Promise.all([
    import('../init/app-id.ts'),
    import('../init/catalogue-file.ts')
  ])
  const id = options.app ?? appIdOf(argv)
  const command = withPortPlaceholder(argv)
  const trial = options.try ? await tryCommand(command, options) : undefined
  const text = catalogueFile({ id, command, sign: trial?.sign })
  await requireValid(text)
  writeFileSync(file, text, { flag: force ? 'w' : 'wx' })
  print([
    `wrote ${file} with the app '${id}'. ${readyComment(trial?.sign)}${trial ? ` (after ${durationText(trial.afterMs)})` : ''}`
  ])
  if (trial?.sign.kind === 'exited')
    return tell(`next: see why it exits, or set kind = "job" if that is its work; then weft-gateway serve`)
  if (trial?.sign.kind === 'none')
    tell('it counts as running as soon as it is spawned, until ready in the file says more')
  tell(`next: weft-gateway serve, and in another terminal: weft-gateway launch ${id} --wait`)
}

async function tryCommand(command: readonly string[], { seconds }: InitOptions) {
  const { tryOnce } = await import('../init/trial.ts')
  const hide = showProgress({ text: `trying ${command.join(' ')}` })
  const trial = await tryOnce(command, seconds * 1_000).finally(hide)
  const { sign } = trial
  if (sign.kind === 'exited') {
    const wrote = sign.output.length > 0 ? 'Its last lines:' : 'It wrote nothing.'
    tell(`${command[0]} ended with ${sign.signal ?? `exit ${sign.code}`} before it was ready. ${wrote}`)
    for (const line of sign.output) process.stderr.write(`  ${line}\n`)
  }
  return trial
}

/** @throws {InvalidConfig} for an id that can't be one, for example */
async function requireValid(text: string): Promise<void> {
  const [{ parse }, { validate }] = await Promise.all([import('smol-toml'), import('../../config/validate.ts')])
  validate(parse(text))
}
