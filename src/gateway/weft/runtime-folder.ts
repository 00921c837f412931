import { join } from 'node:path'

/** `$XDG_RUNTIME_DIR/weft`, where the sockets and files of weft-appd are; undefined without the variable. */
export function runtimeFolder({ XDG_RUNTIME_DIR: folder }: NodeJS.ProcessEnv): string | undefined {
  return folder ? join(folder, 'weft') : undefined
}

/** `WEFT_APPD_SOCKET`, or in the runtime folder. */
export function socketPath(env: NodeJS.ProcessEnv): string | undefined {
  const folder = runtimeFolder(env)
  return env.WEFT_APPD_SOCKET || (folder && join(folder, 'appd.sock'))
}
