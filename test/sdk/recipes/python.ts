import type { Recipe } from '../recipe.ts'
import { generator, jar } from './openapi-generator.ts'

export const python: Recipe = {
  name: 'python',
  generator,
  language: 'Python',
  needs: ['java', 'mvn', 'python3'],
  debian: true,
  install: [jar],
  generate: [
    'java -jar openapi-generator-cli.jar generate -g python -i openapi.yaml -o sdk --additional-properties=packageName=weft'
  ],
  compile: ['pip install -q ./sdk mypy==2.4.1 types-python-dateutil', 'mypy drive.py'],
  drive: 'python3 drive.py'
}
