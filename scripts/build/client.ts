import { execFileSync } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '../..')
const source = join(root, 'clients/typescript')
const entryPoint = 'client'

/** Writes the client into `folder`: one module for Node and browsers, and the declarations of what it exports. */
export async function buildClient(folder: string): Promise<void> {
  await bundleClient(folder)
  declare(folder)
  await keepReachable(folder)
}

/** Writes the module alone. */
export async function bundleClient(folder: string): Promise<void> {
  await build({
    ...{ entryPoints: [join(source, `src/${entryPoint}.ts`)], outdir: folder, absWorkingDir: source },
    ...{ bundle: true, format: 'esm', platform: 'neutral', target: 'es2022', logLevel: 'warning' },
    ...{ minifyWhitespace: true, minifySyntax: true, lineLimit: 160 }
  })
}

function declare(folder: string): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '--project', join(source, 'tsconfig.json'), '--outDir', folder], {
    cwd: root,
    stdio: 'inherit'
  })
}

/** Removes the declarations that those of the entry point do not need. */
async function keepReachable(folder: string): Promise<void> {
  const reached = new Set<string>()
  await reach(`${entryPoint}.d.ts`)
  for (const file of await readdir(folder)) {
    if (file.endsWith('.d.ts') && !reached.has(file)) await rm(join(folder, file))
  }

  async function reach(file: string): Promise<void> {
    if (reached.has(file)) return
    reached.add(file)
    const declarations = await readFile(join(folder, file), 'utf8')
    await writeFile(join(folder, file), published(declarations))
    for (const [, name] of declarations.matchAll(importedFile)) await reach(join(dirname(file), `${name}.d.ts`))
  }
}

/** As they are named in the package, and indented with tabs, which takes a tenth less room. */
function published(declarations: string): string {
  const named = declarations.replaceAll(importedFile, "'./$1.js'")
  return named.replaceAll(/^(?: {4})+/gm, spaces => '\t'.repeat(spaces.length / 4))
}

const importedFile = /["']\.\/([a-z-]+)\.ts["']/g
