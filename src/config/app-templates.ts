import { parse, parsePattern, placeholdersIn, type Template } from '../template/template.ts'

/** Settings of an app whose texts are templates. */
const templated = ['command', 'args', 'cwd', 'env', 'ready', 'before', 'after', 'files', 'stop', 'health'] as const

export interface SettingTemplate {
  /** Within the app. */
  readonly path: readonly string[]
  readonly text: string
  readonly template: Template
}

/** The templates among the settings of an app, whatever shape they have. */
export function templatesOf(app: object): readonly SettingTemplate[] {
  const settings = app as Readonly<Record<string, unknown>>
  return templated.flatMap(name => textsIn(settings[name], [name]))
}

function textsIn(value: unknown, path: readonly string[]): readonly SettingTemplate[] {
  if (typeof value === 'string') {
    const isPattern = path[0] === 'ready' && path[1] === 'pattern'
    return [{ path, text: value, template: isPattern ? parsePattern(value) : parse(value) }]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => textsIn(member, [...path, name]))
}

/** Does a session get a port? */
export function usesPort(app: object): boolean {
  return templatesOf(app).some(({ template }) => placeholdersIn(template).some(({ name }) => name === 'port'))
}

/** Those that a supervisor of any version knows; in arguments, variables and addresses. */
const early: readonly string[] = ['{port}', '{dir}', '{appId}', '{sessionId}']
const lately: readonly string[] = ['cwd', 'line', 'pattern']

/** Is there something in the texts that only later supervisors replace? */
export function hasLateTemplates(app: object): boolean {
  return templatesOf(app).some(({ path, text, template: { parts } }) => {
    const placeholders = placeholdersIn({ parts, unknown: [] })
    const isSame = parts.map(part => (typeof part === 'string' ? part : part.text)).join('') === text
    const isEarly = placeholders.every(placeholder => early.includes(placeholder.text))
    return !isSame || !isEarly || (placeholders.length > 0 && path.some(name => lately.includes(name)))
  })
}
