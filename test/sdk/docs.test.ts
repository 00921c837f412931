import { readFileSync } from 'node:fs'
import t from 'tap'
import { recipes } from './recipes.ts'

const text = readFileSync(new URL('../../docs/sdk.md', import.meta.url), 'utf8')

t.test('docs/sdk.md has the commands that are run for each generator', async t => {
  const blocks = [...text.matchAll(/^## (.+)\n\n```sh\n([^`]+)```/gm)].map(([, title, block]) => [title, block])
  const run = recipes.map(({ language, generator, install, generate }) => [
    `${language}: ${generator}`,
    `${[...install, ...generate].join('\n')}\n`
  ])
  t.same(blocks, run)
})
