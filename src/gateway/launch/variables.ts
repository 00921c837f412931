import { resolve } from 'node:path'
import { appTest } from '../../config/app-patterns.ts'
import type { AppEntry } from '../../config/complete-apps.ts'
import type { Launch } from '../../protocol/launch.ts'
import { literal, substitute } from '../../template/template.ts'

/** The gateway's own variables, those of its clients and those of each session: only their full names mean them. */
const isOwn = appTest(['WEFT_TOKEN', 'WEFT_URL', 'WEFT_GATEWAY_*', 'WEFT_SESSION_*'])

/** The variables in `env` that these names, or patterns of names, mean. */
export function inheritedEnv(names: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const matches = appTest(names)
  const isMeant = (name: string) => matches(name) && (!isOwn(name) || names.includes(name))
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value !== undefined && isMeant(name) ? [[name, value]] : []))
  )
}

/**
 * The variables of an app as templates: its own, and those that it inherits, which are texts. Where a variable of its own
 * has itself in it, that is the inherited one.
 */
export function appEnv({ env }: AppEntry, inherited: Readonly<Record<string, string>>): Record<string, string> {
  const texts = Object.entries(inherited).map(([name, value]) => [name, literal(value)])
  const own = Object.entries(env).map(([name, text]) => {
    const [value, itself] = [inherited[name], `{env.${name}}`]
    return [name, value !== undefined && text.includes(itself) ? substitute(text, itself, value) : text]
  })
  return { ...Object.fromEntries(texts), ...Object.fromEntries(own) }
}

/** Names, not patterns, that the environment does not have. */
export function missingOf(names: readonly string[], env: NodeJS.ProcessEnv): Pick<Launch, 'missingEnv'> {
  const missingEnv = names.filter(name => !name.includes('*') && env[name] === undefined)
  return missingEnv.length > 0 ? { missingEnv } : {}
}

export function fileVariablesOf({ envFile = [], secrets = {}, env }: AppEntry, baseDir: string) {
  const envFiles = [envFile].flat().map(file => resolve(baseDir, file))
  const files = Object.entries(secrets).map(([name, { file }]) => [name, resolve(baseDir, file)])
  if (envFiles.length + files.length === 0) return {}
  return { fileVariables: { envFiles, secrets: Object.fromEntries(files), fixed: Object.keys(env) } }
}
