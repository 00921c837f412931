import { Connection } from './connection.ts'

/** A number of kept connections, closed with the stack. */
export async function openConnections(
  url: string,
  count: number,
  { stack, token }: { readonly stack: AsyncDisposableStack; readonly token?: string | undefined }
): Promise<Connection[]> {
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(url, token)))
  stack.defer(() => {
    for (const connection of connections) connection.close()
  })
  return connections
}

/** Does `count` things, one at a time on each connection. */
export async function inTurns(
  connections: readonly Connection[],
  count: number,
  act: (connection: Connection, index: number) => Promise<void>
): Promise<void> {
  let next = 0
  const work = async (connection: Connection) => {
    for (let index = next++; index < count; index = next++) await act(connection, index)
  }
  await Promise.all(connections.map(work))
}
