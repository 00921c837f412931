import type { Recipe } from '../recipe.ts'

export const oapiCodegen: Recipe = {
  name: 'oapi-codegen',
  generator: 'oapi-codegen 2.8.2',
  language: 'Go',
  needs: ['go'],
  atLeast: { version: '1.26', command: 'GOTOOLCHAIN=local go version' },
  debian: false,
  install: ['go mod download'],
  generate: ['mkdir weft', 'go tool oapi-codegen -generate types,client -package weft -o weft/weft.go openapi.yaml'],
  compile: ['go vet ./...', 'go build -o drive .'],
  drive: './drive'
}
