import { createInterface } from 'node:readline'

/** Answers each request of JSON-RPC on stdin with its own method, and ends with stdin. */
createInterface({ input: process.stdin }).on('line', line => {
  const { id, method } = JSON.parse(line)
  console.log(JSON.stringify({ jsonrpc: '2.0', id, result: method }))
})
console.error('rpc: reads requests')
