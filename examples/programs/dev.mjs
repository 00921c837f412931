import { createServer } from 'node:http'

createServer((_request, response) => response.end('npm')).listen(process.env.PORT, '127.0.0.1')
