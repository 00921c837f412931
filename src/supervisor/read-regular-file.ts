import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

const { O_RDONLY, O_NONBLOCK } = constants

/** The text of a file. A FIFO would otherwise wait for a writer. */
export async function readRegularFile(path: string, maxBytes: number): Promise<string> {
  const file = await open(path, O_RDONLY | O_NONBLOCK)
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw new Error('is no regular file')
    if (stats.size > maxBytes) throw new Error(`has more than ${maxBytes} bytes`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** For people, and without the path. */
export function whyUnreadable({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EACCES':
      return 'the gateway is not allowed to read the file'
    default:
      return message
  }
}
