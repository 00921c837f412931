import t, { type Test } from 'tap'
import { InvalidConfig } from '../../src/config/faults.ts'
import { loadConfig } from '../../src/config/load.ts'
import { configFile } from '../cli/command.ts'
import { temporaryFolder } from '../helper.ts'

async function faults(t: Test, settings: string): Promise<string[]> {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, settings)
  try {
    loadConfig({ env: {}, cwd })
    return []
  } catch (error) {
    if (error instanceof InvalidConfig) return error.faults.map(({ path, detail }) => `${path}: ${detail}`)
    throw error
  }
}

t.test('an unknown placeholder is a fault, named with its path and the one that was meant', async t => {
  const found = await faults(
    t,
    `[defaults]
    env = { A = "{sesionId}" }
    [templates.t]
    cwd = "{DIR}"
    [apps."demo.web"]
    use = "t"
    command = ["node", "web.js", "{prot}", "{param.size}", "{port.admin}", "{print}"]
    ready = { http = "http://127.0.0.1:{porrt:admin}/", headers = { host = "{hots}" } }
    stop = { command = ["kill", "{pid}"] }
    `
  )
  t.same(
    found.toSorted(),
    [
      'defaults.env.A: unknown placeholder {sesionId}, did you mean {sessionId}? write {{sesionId}} if the text {sesionId} is meant',
      'templates.t.cwd: unknown placeholder {DIR}, did you mean {dir}? write {{DIR}} if the text {DIR} is meant',
      'apps."demo.web".ready.http: is not a URL',
      'apps."demo.web".command.2: unknown placeholder {prot}, did you mean {port}? write {{prot}} if the text {prot} is meant',
      'apps."demo.web".command.3: unknown placeholder {param.size}, did you mean {params.size}? write {{param.size}} if the text {param.size} is meant',
      'apps."demo.web".command.4: unknown placeholder {port.admin}, did you mean {port:admin}? write {{port.admin}} if the text {port.admin} is meant',
      'apps."demo.web".command.5: unknown placeholder {print}; write {{print}} if the text {print} is meant',
      'apps."demo.web".ready.http: unknown placeholder {porrt:admin}, did you mean {port:admin}? write {{porrt:admin}} if the text {porrt:admin} is meant',
      'apps."demo.web".ready.headers.host: unknown placeholder {hots}; write {{hots}} if the text {hots} is meant',
      'apps."demo.web".stop.command.1: unknown placeholder {pid}; write {{pid}} if the text {pid} is meant'
    ].toSorted()
  )
})

t.test('what has no value in its app is a fault', async t => {
  t.same(await faults(t, '[apps.a]\ncommand = ["ls", "{dir}", "{params.size}"]\n'), [
    'apps.a.command.1: {dir} goes only with dir = "session" or dir = "app"',
    'apps.a.command.2: unknown placeholder {params.size}, params has no size'
  ])
})

t.test('JSON, scripts, regular expressions and doubled braces are no faults', async t => {
  const settings = `[apps.a]
  command = ["sh", "-c", 'f() { echo "\${HOME}"; }; awk "{ print }"', '{"a": {"b": 1}}', "{{name}}", "{}"]
  ready = { pattern = '\\p{Lu}{2,3}' }
  `
  t.same(await faults(t, settings), [])
})

t.test('a parameter that contradicts itself is a fault, named with its path', async t => {
  const settings = `[defaults.params]
  a = { type = "integer", minimum = 2, default = 1 }
  [apps.x]
  command = ["ls", "{params.a}", "{params.sise}"]
  [apps.x.params]
  size = { type = "integer", minimum = 3, maximum = 2 }
  color = { type = "string", enum = ["red"], default = "blue" }
  text = { type = "string", pattern = "(?=x)" }
  flag = { type = "boolean", minimum = 1 }
  kind = { type = "text" }
  "1st" = { type = "string" }
  none = { default = 1 }
  `
  const found = await faults(t, settings)
  for (const wanted of [
    /^defaults\.params\.a\.default: must be an integer from 2$/,
    /^apps\.x\.params\.kind\.type: must be one of string, number, integer, boolean$/,
    /^apps\.x\.params\.1st: is not the name of a parameter/,
    /^apps\.x\.params\.none\.type: is missing$/
  ]) {
    t.ok(
      found.some(fault => wanted.test(fault)),
      `${wanted} in ${found.join('; ')}`
    )
  }
  const whole = settings.replace(/ {2}(kind|"1st"|none) = .*\n/g, '')
  t.match(await faults(t, whole), [
    /^defaults\.params\.a\.default/,
    /^apps\.x\.command\.2: unknown placeholder \{params\.sise\}, did you mean \{params\.size\}\?/,
    /^apps\.x\.params\.size\.minimum: must not be greater than maximum, which is 2$/,
    /^apps\.x\.params\.color\.default: must be one of red$/,
    /^apps\.x\.params\.text\.pattern: is not a pattern that can be run in linear time/,
    /^apps\.x\.params\.flag\.minimum: does not go with type = "boolean"$/
  ])
})

t.test('the parameters of [defaults], the template and the app are put together', async t => {
  const cwd = await temporaryFolder(t)
  const settings = `[defaults.params]
  a = { type = "string", default = "d" }
  b = { type = "string", default = "d" }
  [templates.t.params]
  b = { type = "integer" }
  [apps.x]
  use = "t"
  command = ["ls", "{params.a}", "{params.b}", "{params.c}"]
  params.c = { type = "boolean" }
  `
  await configFile(cwd, settings)
  t.match(loadConfig({ env: {}, cwd }).apps.x?.params, {
    a: { type: 'string' },
    b: { type: 'integer' },
    c: { type: 'boolean' }
  })
})
