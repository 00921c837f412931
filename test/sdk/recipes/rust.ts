import type { Recipe } from '../recipe.ts'
import { generator, jar } from './openapi-generator.ts'

export const rust: Recipe = {
  name: 'rust',
  generator,
  language: 'Rust',
  needs: ['java', 'mvn', 'cargo'],
  atLeast: { version: '1.89', command: 'cargo --version' },
  debian: false,
  install: [jar],
  generate: [
    'java -jar openapi-generator-cli.jar generate -g rust -i openapi.yaml -o weft --additional-properties=packageName=weft'
  ],
  compile: ['RUSTFLAGS=-Dwarnings cargo build -q --locked'],
  drive: 'target/debug/drive'
}
