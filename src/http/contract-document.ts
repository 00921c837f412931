import { readFile } from 'node:fs/promises'

/** The files that describe the API. `npm run openapi` generates them from the schemas of the routes. */
export type ContractFile = 'openapi.yaml' | 'openapi.json' | 'openapi-3.0.yaml' | 'asyncapi.yaml'

const texts = new Map<ContractFile, Promise<string>>()

/** The text of a contract file, which is read once. The build puts the files beside the compiled code. */
export function contractDocument(file: ContractFile): Promise<string> {
  const text = texts.get(file) ?? readFile(new URL(`../../${file}`, import.meta.url), 'utf8')
  texts.set(file, text)
  return text
}
