import type { Recipe } from './recipe.ts'
import { go } from './recipes/go.ts'
import { java } from './recipes/java.ts'
import { oapiCodegen } from './recipes/oapi-codegen.ts'
import { ogen } from './recipes/ogen.ts'
import { openapiPythonClient } from './recipes/openapi-python-client.ts'
import { python } from './recipes/python.ts'
import { rust } from './recipes/rust.ts'

export const recipes: readonly Recipe[] = [java, go, oapiCodegen, ogen, openapiPythonClient, python, rust]

/** Those named by `WEFT_SDKS`, separated by commas; or all. */
export function chosenRecipes(): readonly Recipe[] {
  const names = process.env.WEFT_SDKS?.split(',')
  return recipes.filter(({ name }) => !names || names.includes(name))
}
