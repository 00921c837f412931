import t from 'tap'
import { allSections } from './page.ts'
import { recipes } from './recipes.ts'

t.test('each section of docs/sdk that has a program is run', async t => {
  const told = allSections().map(({ page, title }) => `${page}: ${title}`)
  t.same(told.sort(), recipes.map(({ page, section }) => `${page}: ${section}`).sort())
})
