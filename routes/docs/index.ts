import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { FastifyPluginAsync } from 'fastify'
import { contractDocument } from '../../src/http/contract-document.ts'
import { html, script } from './page.ts'

/** Everything that the page loads comes from the gateway itself. */
const contentSecurityPolicy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]
].join('; ')

/** What is served below `/docs`: its path, its media type and its text. */
const files = [
  ['/', 'text/html', async () => html],
  ['/page.js', 'text/javascript', async () => script],
  ['/openapi.json', 'application/json', () => contractDocument('openapi.json')],
  ['/swagger-ui.css', 'text/css', () => swaggerUi('swagger-ui.css')],
  ['/swagger-ui-bundle.js', 'text/javascript', () => swaggerUi('swagger-ui-bundle.js')]
] as const

/**
 * `/docs`: the contract as a page to read and to try. It needs no token: a browser that opens a page has none to send, and
 * there is nothing here but the contract.
 */
const docs: FastifyPluginAsync = async fastify => {
  for (const [path, type, text] of files) {
    fastify.get(
      path,
      { config: { scope: 'none', revalidate: true, isStatic: true }, schema: { hide: true } },
      async (_request, reply) =>
        reply
          .type(`${type}; charset=utf-8`)
          .header('content-security-policy', contentSecurityPolicy)
          .send(await text())
    )
  }
}

export default docs

const swaggerUiTexts = new Map<string, Promise<string>>()

/** A file of Swagger UI, read when somebody first asks for it. */
function swaggerUi(file: string): Promise<string> {
  const text = swaggerUiTexts.get(file) ?? readFile(pathOf(file), 'utf8')
  swaggerUiTexts.set(file, text)
  return text
}

/** The build puts the files beside the compiled code; the sources have them from the package. */
function pathOf(file: string): string {
  const isSource = import.meta.url.endsWith('.ts')
  if (!isSource) return new URL(`../../swagger-ui/${file}`, import.meta.url).pathname
  return createRequire(import.meta.url).resolve(`@fastify/swagger-ui/static/${file}`)
}
