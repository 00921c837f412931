import { execFile } from 'node:child_process'
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { temporaryFolder } from '../helper.ts'
import type { Connect } from './sdk.ts'

const here = import.meta.dirname
const root = join(here, '../..')
const modules = join(here, 'node_modules')

/** How each generator is called, and from which of the files it generates. */
export const generators = {
  'openapi-fetch': (out: string) => [
    join(modules, 'openapi-typescript/bin/cli.js'),
    join(root, 'openapi.yaml'),
    '--output',
    join(out, 'api.ts')
  ],
  'hey-api': (out: string) => [
    ...['--import', join(here, 'with-typescript5.ts')],
    join(modules, '@hey-api/openapi-ts/dist/run.mjs'),
    ...['--input', join(root, 'openapi.yaml'), '--output', out, '--client', '@hey-api/client-fetch', '--no-log-file']
  ],
  'swagger-typescript-api': (out: string) => [
    join(modules, 'swagger-typescript-api/dist/cli.mjs'),
    ...['generate', '--path', join(root, 'openapi-3.0.yaml'), '--output', out, '--name', 'api.ts']
  ]
} as const

export type GeneratorName = keyof typeof generators

const compilerOptions = {
  ...{ target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], module: 'nodenext', types: [], outDir: 'out' },
  ...{ strict: true, noUncheckedIndexedAccess: true, noImplicitOverride: true, noFallthroughCasesInSwitch: true },
  ...{ isolatedModules: true, noEmitOnError: true, skipLibCheck: true }
}

/** Generates an SDK into a folder of its own, checks its types with its adapter, and loads it. @throws what the compiler has to say */
export async function generateSdk(t: Test, name: GeneratorName): Promise<Connect> {
  const folder = await temporaryFolder(t)
  await symlink(modules, join(folder, 'node_modules'))
  await mkdir(join(folder, 'generated'))
  await copyFile(join(here, 'sdk.ts'), join(folder, 'sdk.ts'))
  await copyFile(join(here, 'adapters', `${name}.ts`), join(folder, 'adapter.ts'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', 'generated'] }))
  await run(folder, generators[name](join(folder, 'generated')))
  await run(folder, [join(root, 'node_modules/typescript/bin/tsc'), '--project', folder])
  const { connect } = await import(join(folder, 'out/adapter.js'))
  return connect
}

/** Without the loader that tap puts into the environment of all children. */
async function run(cwd: string, args: readonly string[]): Promise<void> {
  const command = ['-u', 'NODE_OPTIONS', process.execPath, ...args]
  await promisify(execFile)('env', command, { cwd }).catch(({ stdout, stderr }) => {
    throw new Error(`${args.join(' ')}: ${stdout}${stderr}`)
  })
}
