import { join } from 'node:path'
import type { Recipe } from './recipe.ts'

const goProgram = {
  page: 'go',
  atLeast: { version: '1.26', command: 'GOTOOLCHAIN=local go version' },
  debian: false,
  driver: { compile: ['go vet ./...', 'go build -o out/drive ./drive'], run: 'out/drive' }
} as const

const clients = join(import.meta.dirname, '../../clients')

export const recipes: readonly Recipe[] = [
  {
    name: 'typescript-client',
    page: 'typescript',
    section: '@weft-gateway/client',
    needs: ['npm'],
    debian: true,
    pack: [`npm pack --silent ${join(clients, 'typescript')} && mv *.tgz client.tgz`],
    packages: { '@weft-gateway/client': './client.tgz' }
  },
  {
    name: 'python-client',
    page: 'python',
    section: 'weft-gateway',
    needs: ['python3'],
    debian: true,
    packages: { 'weft-gateway': join(clients, 'python') }
  },
  {
    name: 'java',
    page: 'java',
    section: 'OpenAPI Generator',
    needs: ['java', 'javac', 'mvn'],
    debian: true,
    driver: {
      compile: ["javac -Xlint:all -Werror -d out -cp 'weft/target/classes:weft/target/dependency/*' Drive.java"],
      run: "java -cp 'out:weft/target/classes:weft/target/dependency/*' Drive"
    }
  },
  { ...goProgram, name: 'ogen', section: 'ogen', needs: ['go'] },
  { ...goProgram, name: 'oapi-codegen', section: 'oapi-codegen', needs: ['go'] },
  { ...goProgram, name: 'go', section: 'OpenAPI Generator', needs: ['java', 'mvn', 'go'] },
  {
    name: 'openapi-python-client',
    page: 'python',
    section: 'openapi-python-client',
    needs: ['python3'],
    debian: true,
    driver: { compile: ['mypy --strict --follow-imports=silent drive.py'], run: 'python3 drive.py' }
  },
  {
    name: 'python',
    page: 'python',
    section: 'OpenAPI Generator',
    needs: ['java', 'mvn', 'python3'],
    debian: true,
    driver: { compile: ['mypy drive.py'], run: 'python3 drive.py' }
  },
  {
    name: 'rust',
    page: 'rust',
    section: 'OpenAPI Generator',
    needs: ['java', 'mvn', 'cargo'],
    atLeast: { version: '1.89', command: 'cargo --version' },
    debian: false,
    lock: 'Cargo.lock',
    driver: { compile: ['cargo build -q --locked'], run: 'target/debug/drive' }
  },
  {
    name: 'typescript-fetch',
    page: 'typescript',
    section: 'OpenAPI Generator',
    needs: ['java', 'mvn', 'npm'],
    debian: true,
    driver: { compile: ['npx tsc'], run: 'node out/drive.js' }
  }
]

/** Those named by `WEFT_SDKS`, separated by commas; or all. */
export function chosenRecipes(): readonly Recipe[] {
  const names = process.env.WEFT_SDKS?.split(',')
  return recipes.filter(({ name }) => !names || names.includes(name))
}
