import type { Recipe } from '../recipe.ts'

export const openapiPythonClient: Recipe = {
  name: 'openapi-python-client',
  generator: 'openapi-python-client 0.29.1',
  language: 'Python',
  needs: ['python3'],
  debian: true,
  install: ['pip install -q openapi-python-client==0.29.1 mypy==2.4.1'],
  generate: ['openapi-python-client generate --path openapi.yaml --meta none --output-path weft'],
  compile: ['mypy --strict --follow-imports=silent drive.py'],
  drive: 'python3 drive.py'
}
