import type { Recipe } from './recipe.ts'

const goProgram = {
  page: 'go',
  atLeast: { version: '1.26', command: 'GOTOOLCHAIN=local go version' },
  debian: false,
  compile: ['go vet ./...', 'go build -o out/drive ./drive'],
  drive: 'out/drive'
} as const

const pythonProgram = {
  page: 'python',
  debian: true,
  drive: 'python3 drive.py'
} as const

export const recipes: readonly Recipe[] = [
  {
    name: 'java',
    page: 'java',
    section: 'OpenAPI Generator',
    needs: ['java', 'javac', 'mvn'],
    debian: true,
    compile: [
      "javac -Xlint:all -Werror -d out -cp 'weft/target/classes:weft/target/dependency/*' Clock.java Drive.java"
    ],
    drive: "java -cp 'out:weft/target/classes:weft/target/dependency/*' Drive"
  },
  { ...goProgram, name: 'ogen', section: 'ogen', needs: ['go'] },
  { ...goProgram, name: 'oapi-codegen', section: 'oapi-codegen', needs: ['go'] },
  { ...goProgram, name: 'go', section: 'OpenAPI Generator', needs: ['java', 'mvn', 'go'] },
  {
    ...pythonProgram,
    name: 'openapi-python-client',
    section: 'openapi-python-client',
    needs: ['python3'],
    compile: ['pip install -q mypy==2.4.1', 'mypy --strict --follow-imports=silent clock.py drive.py']
  },
  {
    ...pythonProgram,
    name: 'python',
    section: 'OpenAPI Generator',
    needs: ['java', 'mvn', 'python3'],
    compile: ['pip install -q mypy==2.4.1 types-python-dateutil', 'mypy clock.py drive.py']
  },
  {
    name: 'rust',
    page: 'rust',
    section: 'OpenAPI Generator',
    needs: ['java', 'mvn', 'cargo'],
    atLeast: { version: '1.89', command: 'cargo --version' },
    debian: false,
    lock: 'Cargo.lock',
    compile: ['cargo build -q --locked'],
    drive: 'target/debug/drive'
  },
  {
    name: 'typescript-fetch',
    page: 'typescript',
    section: 'OpenAPI Generator',
    needs: ['java', 'mvn', 'npm'],
    debian: true,
    compile: ['npx tsc'],
    drive: 'node out/drive.js'
  }
]

/** Those named by `WEFT_SDKS`, separated by commas; or all. */
export function chosenRecipes(): readonly Recipe[] {
  const names = process.env.WEFT_SDKS?.split(',')
  return recipes.filter(({ name }) => !names || names.includes(name))
}
