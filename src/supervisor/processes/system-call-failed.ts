import { getSystemErrorMap } from 'node:util'

/** A system call made through FFI failed; `code` as in Node's own errors. */
export class SystemCallFailed extends Error {
  readonly code: string

  constructor(errno: number) {
    const [name, text] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, '']
    super(text ? `${text} (${name})` : name)
    this.code = name
  }
}
