import { hash } from 'node:crypto'
import packageJson from '../../package.json' with { type: 'json' }

/** The links of the page and of the JSON. */
export const links = {
  docs: { path: '/docs', says: 'the API reference, with a form for each operation' },
  openapi: { path: '/openapi.yaml', says: 'the API as OpenAPI 3.1, for people and for generators' },
  asyncapi: { path: '/asyncapi.yaml', says: 'the messages of event streams as AsyncAPI 3.0' },
  sessions: { path: '/sessions', says: 'the sessions, stopped ones included' },
  apps: { path: '/apps', says: 'the catalogue: what can be launched' },
  events: { path: '/events', says: 'what happens to sessions: a stream, or pages of history' },
  readiness: { path: '/readyz', says: 'whether the gateway can launch' },
  metrics: { path: '/metrics', says: 'metrics for Prometheus' }
} as const

export const index = {
  name: packageJson.name,
  version: packageJson.version,
  description: packageJson.description,
  links: Object.fromEntries(Object.entries(links).map(([name, { path }]) => [name, path]))
}

const style = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
code, pre { font: 0.9rem/1.5 ui-monospace, monospace; background: #8882; border-radius: 4px; padding: 0.1rem 0.3rem }
pre { padding: 0.8rem; white-space: pre-wrap; overflow-wrap: anywhere }
dt { float: left; clear: left; width: 10rem }
table { border-spacing: 0 0.2rem }
th, td { text-align: left; padding-right: 1.5rem }
dd { margin: 0 0 0.3rem 10rem }
:root { color-scheme: light dark }`

export const contentSecurityPolicy = [
  ...["default-src 'none'", `style-src 'sha256-${hash('sha256', style, 'base64')}'`, 'img-src data:'],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]
].join('; ')

const items = Object.values(links).map(({ path, says }) => {
  // Not a link: a stream would load for ever.
  const name = path === links.events.path ? `<code>${path}</code>` : `<a href="${path}"><code>${path}</code></a>`
  return `<dt>${name}</dt><dd>${says}</dd>`
})

interface Shown {
  /** The live sessions, as HTML. */
  readonly whatRuns: string
  /** Where the reader has reached the gateway: `localhost:7410`. */
  readonly host: string
  /** An app that the reader may launch, if there is one. */
  readonly appId: string | undefined
}

export const page = ({ whatRuns, host, appId = 'APP' }: Shown): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${index.name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<h1>${index.name} ${index.version}</h1>
<p>This gateway launches, watches and stops <strong>sessions</strong>. A session is one run of one app: a tree of processes.</p>
<h2>What runs</h2>
${whatRuns}
<h2>Where to go</h2>
<dl>
${items.join('\n')}
</dl>
<h2>With curl</h2>
<p>Watch what happens:</p>
<pre>curl -N ${host}/events</pre>
<p>Launch an app of the catalogue; the answer has the id of its session:</p>
<pre>curl ${host}/sessions -H 'content-type: application/json' -d '{"appId":"${appId}"}'</pre>
<p>If the gateway has tokens, add <code>-H "authorization: Bearer $TOKEN"</code>.</p>
</body>
</html>
`
