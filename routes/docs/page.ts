import packageJson from '../../package.json' with { type: 'json' }

export const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${packageJson.name}: API reference</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="data:,">
</head>
<body>
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/page.js"></script>
</body>
</html>
`

/**
 * Runs in the browser. "Execute" calls the gateway that serves the page, and prefers JSON: for any media type, which Swagger UI
 * sends by default, `/events` answers with a stream that never ends.
 */
export const script = `const response = fetch('/docs/openapi.json')
response.then(answer => answer.json()).then(document => SwaggerUIBundle({
  spec: { ...document, servers: [{ url: '/', description: 'This gateway.' }] },
  dom_id: '#page',
  layout: 'BaseLayout',
  presets: [SwaggerUIBundle.presets.apis],
  deepLinking: true,
  displayOperationId: true,
  docExpansion: 'list',
  validatorUrl: null,
  requestInterceptor: request => {
    const { accept } = request.headers
    return accept === '*/*' ? { ...request, headers: { ...request.headers, accept: 'application/json, */*;q=0.1' } } : request
  }
}))
`
