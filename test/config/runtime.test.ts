import { parse } from 'smol-toml'
import t from 'tap'
import { effectiveConfig } from '../../src/cli/effective.ts'
import { warningsOf } from '../../src/cli/warnings.ts'
import { loadConfig } from '../../src/config/load.ts'
import { validate } from '../../src/config/validate.ts'
import { configFile } from '../cli/command.ts'
import { temporaryFolder } from '../helper.ts'

t.test('faults of [runtime] are named with their paths', t => {
  const faults = {
    'runtime.command.0: must name a program': { command: [''] },
    'runtime.args: must be array': { args: 'x' },
    'runtime.title: is not known': { title: 'x' },
    'runtime.stop.signal: is given by stopSignal, too': { stopSignal: 'SIGINT', stop: { signal: 'SIGINT' } },
    'runtime.ready: ': { ready: { line: 'x', none: true } }
  }
  for (const [fault, runtime] of Object.entries(faults)) {
    t.throws(() => validate({ runtime }), { message: new RegExp(`^ {2}${fault}`, 'm') }, fault)
  }
  t.throws(() => validate({ runtime: 7 }), { message: /runtime: must be object/ })
  t.end()
})

t.test('check prints [runtime], and warns of a program that is not there', async t => {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, { runtime: { args: ['-v'] } })
  const unset = loadConfig({ env: {}, cwd })
  t.match(parse(effectiveConfig(unset)), { runtime: { args: ['-v'] } })
  t.match(warningsOf(unset), [{ path: 'runtime.command', detail: /WEFT_RUNTIME_BIN is not set/ }])
  const gone = loadConfig({ env: { WEFT_RUNTIME_BIN: '/no/runtime' }, cwd })
  t.match(warningsOf(gone), [{ path: 'runtime.command', detail: /there is no program \/no\/runtime/ }])
})
