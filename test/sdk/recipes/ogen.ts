import type { Recipe } from '../recipe.ts'

export const ogen: Recipe = {
  name: 'ogen',
  generator: 'ogen 1.24.0',
  language: 'Go',
  needs: ['go'],
  atLeast: { version: '1.26', command: 'GOTOOLCHAIN=local go version' },
  debian: false,
  install: ['go mod download'],
  generate: ['go tool ogen --target weft --package weft openapi.yaml'],
  compile: ['go vet ./...', 'go build -o drive .'],
  drive: './drive'
}
