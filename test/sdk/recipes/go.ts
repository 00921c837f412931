import type { Recipe } from '../recipe.ts'
import { generator, jar } from './openapi-generator.ts'

export const go: Recipe = {
  name: 'go',
  generator,
  language: 'Go',
  needs: ['java', 'mvn', 'go'],
  atLeast: { version: '1.26', command: 'GOTOOLCHAIN=local go version' },
  debian: false,
  install: [jar],
  generate: [
    'java -jar openapi-generator-cli.jar generate -g go -i openapi.yaml -o weft --additional-properties=packageName=weft,withGoMod=false,disallowAdditionalPropertiesIfNotPresent=false --global-property apis,models,supportingFiles,apiTests=false,modelTests=false'
  ],
  compile: ['go vet ./...', 'go build -o drive .'],
  drive: './drive'
}
