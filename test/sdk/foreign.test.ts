import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { errorCodes } from '../../src/gateway/errors.ts'
import { build, shell } from '../helper.ts'
import { hasInOrder, withoutValues } from '../site/commands.ts'
import { holder } from '../tokens.ts'
import { findSection } from './page.ts'
import { notForSdks, serveLastingTrouble, serveProblems } from './problem-cases.ts'
import type { Recipe } from './recipe.ts'
import { chosenRecipes } from './recipes.ts'
import { serveTomorrow, valuesOfTomorrow } from './tomorrow.ts'
import { driverOf, emptyFolder, missingPrograms, type Shell, shellIn } from './toolchain.ts'

const root = join(import.meta.dirname, '../..')
const demo = (name: string) => ({ command: [process.execPath, join(root, `examples/${name}.mjs`)] })
const demos = { 'demo.clock': demo('clock'), 'demo.crash': demo('crash') }
const apps = { steady: shell('echo hello; echo READY; exec sleep 60'), slow: shell('exec sleep 60') }

const { SessionState, StopReason, EventType, ErrorCode } = valuesOfTomorrow

/** What each driver prints after the problems, as lines of JSON. */
const life = [
  { step: 'launch', id: 1, appId: 'steady', state: 'running', team: 'a' },
  { step: 'read', id: 1, state: 'running' },
  { step: 'wait', state: 'running' },
  { step: 'list', ids: [1, 2, 3] },
  { step: 'stop', state: 'stopped', reason: 'terminated', signalsSent: ['SIGTERM'], survivors: 0 },
  { step: 'events', types: ['Launched', 'AppReady', 'Stopping', 'Stopped'] },
  { step: 'logs', lines: ['stdout hello', 'stdout READY'] },
  {
    step: 'tomorrow',
    ids: [1, 2, 3],
    state: SessionState,
    reason: StopReason,
    types: [EventType, 'AppReady', 'Stopping', 'Stopped'],
    withSession: 3,
    code: ErrorCode
  }
]

const times: string[] = []
const trouble = await serveLastingTrouble(t)

t.test('there is a call for every error that an SDK can get', async t => {
  const provoked = (await serveProblems(t, trouble)).map(({ answer }) => answer.code)
  const disk = trouble.fullDisk ? [] : ['storage-unavailable']
  t.same([...new Set([...provoked, ...disk, ...Object.keys(notForSdks)])].sort(), [...errorCodes].sort())
})

for (const recipe of chosenRecipes()) {
  const missing = missingPrograms(recipe)
  const mayBeMissing = !process.env.CI || !recipe.debian
  const skip = missing.length > 0 && mayBeMissing && `${missing.join(' and ')} not installed`
  const name = `docs/sdk/${recipe.page}.md, from top to bottom, makes a program with ${recipe.section} that runs`
  t.test(name, { skip, timeout: 600_000 }, t => runRecipe(t, recipe))
}

t.test('how long each took', async t => {
  for (const line of times) t.comment(line)
})

async function runRecipe(t: Test, recipe: Recipe): Promise<void> {
  const folder = await emptyFolder(recipe.name)
  const shell = shellIn(folder)
  const seconds: string[] = []
  const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const start = performance.now()
    const result = await work
    seconds.push(`${what} ${Math.round((performance.now() - start) / 1000)} s`)
    return result
  }
  if (recipe.lock) await cp(join(driverOf(recipe.name), recipe.lock), join(folder, recipe.lock))
  await timed('page', followPage(t, { folder, shell, recipe }))
  if (recipe.driver) {
    await cp(driverOf(recipe.name), folder, { recursive: true })
    await timed('compile', shell(recipe.driver.compile))
    await timed('drive', drive(t, { folder, shell, program: recipe.driver.run }))
  }
  times.push(`${recipe.name}: ${seconds.join(', ')}`)
}

interface Page {
  readonly folder: string
  readonly shell: Shell
  readonly recipe: Recipe
}

/** Does what the page says, and compares what it prints. */
async function followPage(t: Test, { folder, shell, recipe }: Page): Promise<void> {
  const gateway = await (await build(t, { apps: demos })).listen({ port: 0 })
  const here = (text: string) => text.replaceAll('http://127.0.0.1:7410', gateway)
  await shell(recipe.pack ?? [])
  for (const step of findSection(recipe.page, recipe.section).steps) {
    if (step.kind === 'file') await writeFile(join(folder, step.path), here(step.text))
    else {
      const words = here(step.command).split(' ')
      const command = words.map(word => recipe.packages?.[word] ?? word).join(' ')
      const printed = (await shell([command])).split('\n')
      const inOrder = hasInOrder(printed.map(withoutValues), step.output.map(withoutValues))
      t.ok(inOrder, step.command, { printed, page: step.output })
    }
  }
  if (!recipe.driver) return
  const [used, committed] = await Promise.all([folder, root].map(at => readFile(join(at, 'openapi.yaml'), 'utf8')))
  t.equal(used, committed)
}

interface Driver {
  readonly folder: string
  readonly shell: Shell
  readonly program: string
}

async function drive(t: Test, { folder, shell, program }: Driver): Promise<void> {
  const owner = holder('owner')
  const gateway = await (await build(t, { apps, tokens: [owner.entry] })).listen({ port: 0 })
  const tomorrow = await serveTomorrow(t, gateway)
  const problems = await serveProblems(t, trouble)
  await writeFile(join(folder, 'calls.json'), JSON.stringify(problems.map(({ call }) => call)))
  const output = await shell([`${program} ${gateway} ${tomorrow} ${owner.token}`])
  const told = output.trim().split('\n').map(parse)
  t.same(told, [...problems.map(({ answer }) => ({ step: 'problem', ...answer })), ...life])
}

/** Without members that are null. */
function parse(line: string): unknown {
  return JSON.parse(line, (_, value) => value ?? undefined)
}
