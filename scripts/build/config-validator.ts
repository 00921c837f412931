import { dirname } from 'node:path'
import standaloneCode from 'ajv/dist/standalone/index.js'
import type { Plugin } from 'esbuild'
import { ajv, fitsSchema } from '../../src/config/fits-schema.ts'

/** Puts the compiled schema of the configuration into the bundle, in place of the file that compiles it. */
export const configValidator: Plugin = {
  name: 'config-validator',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/config\/fits-schema\.ts$/ }, ({ path }) => ({
      contents: `${standaloneCode.default(ajv, fitsSchema)}\nexport { validate as fitsSchema }`,
      resolveDir: dirname(path)
    }))
  }
}
