import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { configValidator } from './config-validator.ts'
import { nodeModules } from './node-modules.ts'

const root = join(import.meta.dirname, '../..')

/**
 * The two programs. Code that is loaded later is in `src/chunks`, as deep as any folder of `src`. They share no file, since
 * each file of a program costs its start a millisecond.
 */
const programs = ['src/cli/main.ts', 'src/supervisor/main.ts']

/** Bundled packages of CommonJS call `require`, which modules do not have. */
const banner = {
  js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);"
}

const contractFiles = ['openapi.yaml', 'openapi.json', 'openapi-3.0.yaml', 'asyncapi.yaml']
const swaggerUiFiles = ['swagger-ui.css', 'swagger-ui-bundle.js']

/** Writes the programs, with the packages they are made of, into `folder`, and the files that they serve. */
export async function bundle(folder: string): Promise<void> {
  const inputs = await Promise.all(programs.map(program => compile(program, folder)))
  await writeFile(join(folder, 'licenses.txt'), await licenses(inputs.flat()))
  for (const file of contractFiles) await copyFile(join(root, file), join(folder, file))
  const { resolve } = createRequire(import.meta.url)
  await mkdir(join(folder, 'swagger-ui'))
  for (const file of swaggerUiFiles) {
    await copyFile(resolve(`@fastify/swagger-ui/static/${file}`), join(folder, 'swagger-ui', file))
  }
}

/** Returns the files that the program is made of. */
async function compile(program: string, folder: string): Promise<string[]> {
  const { metafile } = await build({
    ...{ absWorkingDir: root, entryPoints: [program], outbase: '.', outdir: folder },
    ...{ bundle: true, splitting: true, chunkNames: 'src/chunks/[name]-[hash]', format: 'esm', banner },
    ...{ platform: 'node', target: 'node24', minifyWhitespace: true, minifySyntax: true, lineLimit: 160 },
    // Packages with native code, and one that is rarely needed, are installed beside the bundle.
    external: ['koffi', 're2js'],
    plugins: [nodeModules, configValidator],
    ...{ legalComments: 'none', metafile: true, logLevel: 'warning' }
  })
  return Object.keys(metafile.inputs)
}

/** The licenses of the packages in the bundle, which ask to be passed on with it. */
async function licenses(inputs: readonly string[]): Promise<string> {
  const folders = inputs.flatMap(file => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [])
  const used = [...new Set([...folders, 'node_modules/@fastify/swagger-ui'])].sort()
  return (await Promise.all(used.map(licenseOf))).join(`\n${'-'.repeat(80)}\n\n`)
}

async function licenseOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
  const names = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'license.md', 'LICENSE-MIT', 'LICENCE']
  for (const file of names) {
    const text = await readFile(join(root, folder, file), 'utf8').catch(() => undefined)
    if (text !== undefined) return `${name} ${version} (${license})\n\n${text.trim()}\n`
  }
  return `${name} ${version} (${license})\n`
}
