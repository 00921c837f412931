import { readFileSync, statSync } from 'node:fs'
import type { Launch } from '../protocol/launch.ts'
import { parse } from '../template/template.ts'
import { programFault, type Surroundings } from './program-faults.ts'

/** A setting below that of an app, and what is wrong with it. */
type Warning = readonly [setting: readonly string[], detail: string]

/** Programs of the commands before and after a run. */
export function commandWarnings(
  { before = [], after = [] }: Pick<Launch, 'before' | 'after'>,
  surroundings: Surroundings
): readonly Warning[] {
  const ofSetting = (name: string, commands: readonly (readonly string[])[]) =>
    commands.flatMap((command, index): Warning[] => {
      const fault = programFault(command, surroundings)
      return fault === undefined ? [] : [[[name, String(index)], fault]]
    })
  return [...ofSetting('before', before), ...ofSetting('after', after)]
}

/** Templates that are not there, and what looks like a placeholder in them and is none. */
export function templateWarnings(files: Launch['files'] = []): readonly Warning[] {
  return files.flatMap(({ path, template }): Warning[] => {
    if (template === undefined) return []
    const setting = ['files', path, 'template']
    if (!statSync(template, { throwIfNoEntry: false })?.isFile()) return [[setting, `there is no file ${template}`]]
    try {
      const { unknown } = parse(readFileSync(template, 'utf8'))
      return unknown.map(text => [setting, `${template} has ${text}, which is no placeholder and stays as it is`])
    } catch (error) {
      return [[setting, (error as Error).message]]
    }
  })
}
