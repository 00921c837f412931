import { spawn } from 'node:child_process'
import { existsSync, watch } from 'node:fs'
import { join } from 'node:path'
import { root } from './pages.ts'
import { stage } from './stage.ts'

/* `npm run docs` builds the site in scripts/site/dist; `npm run docs:dev` serves it, and every change of a page. */

const vitepress = join(import.meta.dirname, 'node_modules/vitepress/bin/vitepress.js')
const [task = 'build', ...options] = process.argv.slice(2)

if (existsSync(vitepress)) run()
else {
  process.stderr.write('the packages of scripts/site are missing: npm run tools installs them\n')
  process.exitCode = 1
}

function run(): void {
  stage()
  if (task === 'dev') watch(join(root, 'docs'), { recursive: true }, stage)
  const child = spawn(process.execPath, [vitepress, task, import.meta.dirname, ...options], { stdio: 'inherit' })
  child.on('exit', code => process.exit(code ?? 1))
}
