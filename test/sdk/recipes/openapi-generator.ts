const version = '7.25.0'

/** Fetches the generator, once. */
export const jar = `test -e openapi-generator-cli.jar || mvn -q -B dependency:copy -Dartifact=org.openapitools:openapi-generator-cli:${version} -DoutputDirectory=. -Dmdep.stripVersion=true`

export const generator = `OpenAPI Generator ${version}`
