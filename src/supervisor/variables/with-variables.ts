import type { FileVariables } from '../../protocol/file-variables.ts'
import type { Launch } from '../../protocol/launch.ts'
import { Mask } from './mask.ts'
import { readVariables } from './read-variables.ts'

/** A launch with the variables that are in files, and what hides their values. */
export async function withVariables(launch: Launch, files: FileVariables) {
  const { env, secrets, others } = await readVariables(files)
  return { launch: { ...launch, literalEnv: { ...env, ...launch.literalEnv } }, mask: new Mask(secrets, others) }
}

/** An error from before the spawn, without secrets, which can be in an argument. */
export function masked(error: Error, mask: Mask): Error {
  error.message = mask.text(error.message)
  return error
}
