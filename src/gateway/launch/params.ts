import { nearest } from '../../config/nearest.ts'
import { misfitOf, type Params, type ParamValue, wanted } from '../../config/params.ts'
import { InvalidRequest } from '../errors.ts'

/** Values for the parameters of an app. */
export type LaunchParams = Readonly<Record<string, unknown>>

/**
 * The values of all parameters of an app: those that a launch has set, and the defaults.
 * @throws {InvalidRequest} that names each value that is missing, not known, or does not fit
 */
export function paramsOfLaunch(given: LaunchParams, declared: Params): Readonly<Record<string, ParamValue>> {
  const names = new Set([...Object.keys(declared), ...Object.keys(given)])
  const faults: { readonly pointer: string; readonly detail: string }[] = []
  const values: [string, ParamValue][] = []
  for (const name of names) {
    const param = Object.hasOwn(declared, name) ? declared[name] : undefined
    const value = Object.hasOwn(given, name) ? given[name] : param?.default
    const detail = param ? faultOf(value, param) : unknownDetail(name, Object.keys(declared))
    if (detail === undefined) values.push([name, value as ParamValue])
    else faults.push({ pointer: `/body/params/${escapePointer(name)}`, detail })
  }
  if (faults.length > 0) throw new InvalidRequest(faults)
  return Object.fromEntries(values)
}

function faultOf(value: unknown, param: Params[string]): string | undefined {
  return value === undefined ? `is missing: it must be ${wanted(param)}` : misfitOf(value, param)
}

function unknownDetail(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'is not known: this app has no parameters'
  const meant = nearest(name, known)
  return `is not a parameter of this app${meant ? `; did you mean ${meant}?` : `, which has ${known.join(', ')}`}`
}

function escapePointer(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}
