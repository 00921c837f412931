import { Ajv } from 'ajv'
import { ConfigFile } from './schema.ts'

export const ajv = new Ajv({
  allErrors: true,
  useDefaults: true,
  // Errors have the schema that they are about.
  verbose: true,
  strict: false,
  validateSchema: false,
  meta: false,
  // So that the build can write down the code that is made here.
  code: { source: true, esm: true }
})

/** Fills the defaults in. In the bundle this file is replaced by what it makes: to make it takes 40 ms of each start. */
export const fitsSchema = ajv.compile<ConfigFile>(ConfigFile)
