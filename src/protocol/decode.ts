import type { Static, TObject } from '@sinclair/typebox'
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler'
import { type Command, commands } from './commands.ts'
import type { Immutable } from './immutable.ts'
import { type Report, reports } from './reports.ts'

/** A received line is not a message of the protocol. Its connection must be closed. */
export class ProtocolViolation extends Error {}

/** @throws {ProtocolViolation} */
export const decodeCommand: (line: string) => Command = decoder(commands)

/** @throws {ProtocolViolation} */
export const decodeReport: (line: string) => Report = decoder(reports)

type Schemas = Readonly<Record<string, TObject>>

/** Members that a schema does not name are accepted: a newer release can add some. */
function decoder<S extends Schemas>(schemas: S): (line: string) => Immutable<Static<S[keyof S]>> {
  const checks = new Map<unknown, TypeCheck<TObject>>()
  for (const [type, schema] of Object.entries(schemas)) checks.set(type, TypeCompiler.Compile(schema))
  return line => {
    const value = parseObject(line)
    const check = checks.get(value.type)
    if (!check) throw new ProtocolViolation(`a message of the unknown type ${quote(value.type)}`)
    const fault = check.Check(value) ? undefined : check.Errors(value).First()
    if (fault) throw new ProtocolViolation(`a bad message ${quote(value.type)}: ${fault.path} ${fault.message}`)
    return value as Immutable<Static<S[keyof S]>>
  }
}

/** @throws {ProtocolViolation} */
export function parseObject(line: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new ProtocolViolation('a line that is not JSON')
  }
  if (typeof value !== 'object' || value === null) throw new ProtocolViolation('a line that is not an object')
  return value as Readonly<Record<string, unknown>>
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `'${value.slice(0, 40)}'` : typeof value
}
