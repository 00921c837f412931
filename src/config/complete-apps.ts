import type { AppOfFile, ConfigFile, Defaults } from './schema.ts'

/** An app with all its settings: its own, those of its template and those of `[defaults]`. */
export type AppEntry = Omit<AppOfFile, 'use' | 'command' | keyof Defaults> & Defaults & { readonly command: string[] }

/** Sections that conform to the schema, as `[defaults]` is filled in. */
type Sections = Pick<ConfigFile, 'defaults' | 'templates'>

/** The nearest value of each setting; the variables of `env` are put together. */
export function completeApp({ use, ...own }: AppOfFile, { defaults, templates }: Sections): AppEntry {
  const template = use === undefined ? {} : templates[use]
  const env = { ...defaults.env, ...template?.env, ...own.env }
  const app = { ...defaults, ...template, ...own, env }
  // A job runs as soon as it is spawned, unless its own `ready` says otherwise.
  const isPlainJob = app.kind === 'job' && !own.ready && !template?.ready
  return (isPlainJob ? { ...app, ready: { none: true } } : app) as AppEntry
}
