import { asyncApi } from './asyncapi.ts'
import { clientTypes } from './client-types.ts'
import { shareComponents } from './components.ts'
import { downConvert } from './down-convert.ts'
import { illustrate } from './illustrate.ts'
import { makePortable } from './portable.ts'
import { withoutStreams } from './publish.ts'
import { pythonModels } from './python-models.ts'
import { record } from './record.ts'
import { toYaml } from './yaml.ts'

/** Generates the files of the contract, by name. */
export async function contractFiles(): Promise<Record<string, string>> {
  const { document: bare, examples, messages } = await record()
  // With the streams, for asyncapi.yaml and the types of the client.
  const whole = illustrate(shareComponents(makePortable(bare)), examples)
  const document = withoutStreams(whole)
  return {
    'openapi.yaml': toYaml(document),
    'openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'openapi-3.0.yaml': toYaml(downConvert(document)),
    'asyncapi.yaml': toYaml(asyncApi(whole, messages)),
    'clients/typescript/src/contract.ts': await clientTypes(whole),
    'clients/python/src/weft_gateway/models.py': pythonModels(document)
  }
}
