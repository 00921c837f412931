import { type Static, Type } from '@sinclair/typebox'

const closed = { additionalProperties: false } as const
const path = { minLength: 1, pattern: '^[^\\u0000]*$' }

const Command = Type.Array(Type.String({ pattern: '^[^\\u0000]*$' }), { minItems: 1 })

const File = Type.Object(
  {
    template: Type.Optional(Type.String({ ...path, description: 'a file with the text, relative to this file' })),
    text: Type.Optional(Type.String())
  },
  closed
)

/** What is done before an app starts and after its end. */
export const preparationSettings = {
  files: Type.Optional(
    Type.Unsafe<Record<string, Static<typeof File>>>({
      type: 'object',
      additionalProperties: File,
      description: 'files written into `{dir}` before each start, placeholders filled: a `template` or a `text` each'
    })
  ),
  before: Type.Optional(
    Type.Array(Command, { description: 'commands, as argvs, that run to their end before each start' })
  ),
  after: Type.Optional(
    Type.Array(Command, { description: 'commands, as argvs, that run once nothing is left of a run' })
  )
}

const Preparation = Type.Object(preparationSettings)

type Preparation = Static<typeof Preparation>

/** A setting below that of the app, and what is wrong with it. */
export interface PreparationFault {
  readonly path: readonly string[]
  readonly detail: string
}

/** Faults of settings that conform to the schema. */
export function preparationFaults({ files = {}, before = [], after = [] }: Preparation): readonly PreparationFault[] {
  return [
    ...Object.entries(files).flatMap(([name, file]) => [
      ...fileFaults(name, file),
      ...(isInside(name) ? [] : [{ path: ['files', name], detail: 'must be a path in {dir}, without . and ..' }])
    ]),
    ...commandFaults('before', before),
    ...commandFaults('after', after)
  ]
}

function fileFaults(name: string, { template, text }: Static<typeof File>): PreparationFault[] {
  if ((template === undefined) !== (text === undefined)) return []
  return [{ path: ['files', name], detail: 'must have either a template or a text' }]
}

/** Is it a relative path that does not leave its folder? */
function isInside(name: string): boolean {
  return !name.includes('\0') && name.split('/').every(part => part !== '' && part !== '.' && part !== '..')
}

function commandFaults(setting: 'before' | 'after', commands: readonly (readonly string[])[]): PreparationFault[] {
  return commands.flatMap(([program], index) =>
    program === '' ? [{ path: [setting, String(index), '0'], detail: 'must name a program' }] : []
  )
}
