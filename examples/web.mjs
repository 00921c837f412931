// An HTTP server on the port it is given. It prints nothing: the gateway asks it over HTTP.
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { port: { type: 'string', default: process.env.PORT ?? '0' } } })
const greeting = process.env.GREETING ?? 'Hello'
const server = createServer((_request, response) => {
  response.end(`${greeting} from session ${process.env.WEFT_SESSION_ID}\n`)
})
server.listen(Number(values.port), '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
