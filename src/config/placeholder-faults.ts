import { placeholderForms, placeholderOf } from '../template/placeholder.ts'
import { placeholdersIn } from '../template/template.ts'
import { type SettingTemplate, templatesOf } from './app-templates.ts'
import { nearest } from './nearest.ts'

/** A fault at a path within an app. */
export interface PlaceholderFault {
  readonly path: readonly string[]
  readonly detail: string
}

/** What looks like a placeholder in `[defaults]`, a template or an app and is none. */
export function unknownPlaceholders(settings: object, known: readonly string[] = []): readonly PlaceholderFault[] {
  return templatesOf(settings).flatMap(({ path, template }) =>
    template.unknown.filter(text => !known.includes(text)).map(text => ({ path, detail: unknownDetail(text) }))
  )
}

function unknownDetail(text: string): string {
  const { key } = placeholderOf(text)
  const forms = key === undefined ? placeholderForms : [`{port:${key}}`, `{params.${key}}`, `{env.${key}}`]
  const meant = nearest(
    text.slice(1, -1),
    forms.map(form => form.slice(1, -1))
  )
  return `unknown placeholder ${text}${meant ? `, did you mean {${meant}}?` : ';'} write {${text}} if the text ${text} is meant`
}

/** Placeholders of an app, completed, that have no value in it. */
export function valuelessPlaceholders(app: {
  readonly dir?: string
  readonly params?: Readonly<Record<string, unknown>>
}): readonly PlaceholderFault[] {
  const { dir, params = {} } = app
  return templatesOf(app).flatMap(setting =>
    withoutValue(setting, Object.keys(params), dir !== undefined).map(detail => ({ path: setting.path, detail }))
  )
}

function withoutValue({ template }: SettingTemplate, params: readonly string[], hasDir: boolean): readonly string[] {
  return placeholdersIn(template).flatMap(({ text, name, key = '' }) => {
    if (name === 'dir' && !hasDir) return ['{dir} goes only with dir = "session" or dir = "app"']
    if (name !== 'params' || params.includes(key)) return []
    const meant = nearest(key, params)
    return [`unknown placeholder ${text}, ${meant ? `did you mean {params.${meant}}?` : `params has no ${key}`}`]
  })
}
