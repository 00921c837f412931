import type { AppOfFile, ConfigFile, Defaults } from './schema.ts'
import { withPlainStop } from './stop-settings.ts'

/** An app with all its settings: its own, those of its template and those of `[defaults]`. */
export type AppEntry = Omit<AppOfFile, 'use' | 'command' | keyof Defaults> & Defaults & { readonly command: string[] }

/** Sections that conform to the schema, as `[defaults]` is filled in. */
type Sections = Pick<ConfigFile, 'defaults' | 'templates'>

/** The nearest value of each setting; the variables of `env` and of `secrets`, and what is in `params`, `limits` and `files`, are put together. */
export function completeApp({ use, ...app }: AppOfFile, sections: Sections): AppEntry {
  const template = withPlainStop((use === undefined ? undefined : sections.templates[use]) ?? {})
  const [own, defaults] = [withPlainStop(app), withPlainStop(sections.defaults)]
  const env = { ...defaults.env, ...template.env, ...own.env }
  const stop = { ...defaults.stop, ...template.stop, ...own.stop }
  const limits = { ...defaults.limits, ...template.limits, ...own.limits }
  const params = { ...defaults.params, ...template.params, ...own.params }
  const secrets = { ...defaults.secrets, ...template.secrets, ...own.secrets }
  const files = { ...defaults.files, ...template.files, ...own.files }
  const whole = {
    ...{ ...defaults, ...template, ...own, env },
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(Object.keys(params).length > 0 && { params }),
    ...(Object.keys(stop).length > 0 && { stop }),
    ...(Object.keys(secrets).length > 0 && { secrets }),
    ...(Object.keys(files).length > 0 && { files })
  }
  // A job runs as soon as it is spawned, unless its own `ready` says otherwise.
  const isPlainJob = whole.kind === 'job' && !own.ready && !template.ready
  return (isPlainJob ? { ...whole, ready: { none: true } } : whole) as AppEntry
}
