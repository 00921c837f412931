import type { Recipe } from '../recipe.ts'
import { generator, jar } from './openapi-generator.ts'

export const java: Recipe = {
  name: 'java',
  generator,
  language: 'Java',
  needs: ['java', 'javac', 'mvn'],
  debian: true,
  install: [jar],
  generate: [
    'java -jar openapi-generator-cli.jar generate -g java --library native -i openapi.yaml -o weft --invoker-package com.example.weft --api-package com.example.weft.api --model-package com.example.weft.model'
  ],
  compile: [
    'mvn -q -B -f weft/pom.xml compile dependency:copy-dependencies -DincludeScope=runtime',
    "javac -Xlint:all -Werror -d out -cp 'weft/target/classes:weft/target/dependency/*' Drive.java"
  ],
  drive: "java -cp 'out:weft/target/classes:weft/target/dependency/*' Drive"
}
