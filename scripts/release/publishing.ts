/** What to do once all checks have passed, in order. */
export function publishing(version: string): string {
  return `
${version} is ready. In this order:

  1. git tag --annotate v${version} --message ${version} && git push origin v${version}
  2. npm publish --access public --workspace @weft-gateway/client
  3. npm publish
  4. cd clients/python && .venv/bin/python -m build --no-isolation --outdir dist
     and upload dist/weft_gateway-${version}* to PyPI, with twine
  5. docker build --file deploy/docker/Dockerfile --tag weft-gateway:${version} .
  6. the section ${version} of CHANGELOG.md is the text of the release
`
}
