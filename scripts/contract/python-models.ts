import type { Node } from './node.ts'

/*
 * The models of clients/python: a frozen dataclass for each object of the contract. Generators of others bring a library
 * at run time, or refuse values of enums that can grow.
 */

const header = `"""What the gateway answers with. Made from the schemas of the routes by \`npm run openapi\`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from ._decode import Model
`

/** The parameters of a method instead. */
const requests = ['LaunchRequest']

const keywords = ['from', 'in', 'is', 'class', 'global', 'def', 'not', 'or', 'and', 'with', 'as', 'pass', 'raise']

interface Schema extends Node {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly string[]
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
}

/** @returns the text of a module, as Ruff formats it */
export function pythonModels(document: Node): string {
  const { schemas } = document.components as { schemas: Record<string, Schema> }
  const names = Object.keys(schemas).filter(name => !requests.includes(name))
  const aliases = names.map(name => alias(name, schemas[name] as Schema)).filter(text => text !== '')
  const classes = names.map(name => dataclass(name, schemas[name] as Schema)).filter(text => text !== '')
  return `${[`${header}\n${aliases.join('\n')}`, ...classes].join('\n\n')}`
}

/** Of a map or an enum. Types of values that can get more are open, but editors know those of today. */
function alias(name: string, schema: Schema): string {
  if (schema.type === 'object' && !schema.properties) {
    return `${name}: TypeAlias = ${typeOf(schema)}\n${docstring(schema, '')}`
  }
  const open = schema['x-extensible-enum'] as readonly string[] | undefined
  const values = open ?? schema.enum
  if (!values) return ''
  const lines = values.map(value => `    ${JSON.stringify(value)},\n`).join('')
  const plural = `${snake(name).toUpperCase()}S`
  const type = `${name}: TypeAlias = Literal[\n${lines}]${open ? ' | str' : ''}`
  return `${type}\n${docstring(schema, '')}${plural}: Final = (\n${lines})\n`
}

function dataclass(name: string, schema: Schema): string {
  if (!schema.properties) return ''
  const members = Object.entries(schema.properties).map(([member, type]) => {
    const isRequired = schema.required?.includes(member)
    const hint = isRequired ? typeOf(type) : `${typeOf(type)} | None = None`
    return `    ${fieldName(member)}: ${hint}\n${docstring(type, '    ')}`
  })
  return `@dataclass(frozen=True, kw_only=True)\nclass ${name}(Model):\n${docstring(schema, '    ')}\n${members.join('')}`
}

function typeOf(schema: Schema): string {
  const { $ref, type, format, items, additionalProperties } = schema
  if ($ref) return $ref.replace('#/components/schemas/', '')
  if (type === 'array' && items) return `tuple[${typeOf(items)}, ...]`
  if (type === 'string') return format === 'date-time' ? 'datetime' : 'str'
  if (type === 'integer') return 'int'
  if (type === 'number') return 'float'
  if (type === 'boolean') return 'bool'
  if (type === 'object')
    return `Mapping[str, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'Any'}]`
  return 'Any'
}

function docstring({ description }: Schema, indent: string): string {
  if (!description) return ''
  const text = description.replaceAll('\\', '\\\\')
  return `${indent}"""${text}${text.endsWith('"') ? ' ' : ''}"""\n`
}

function fieldName(member: string): string {
  const name = snake(member)
  return keywords.includes(name) ? `${name}_` : name
}

function snake(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, '_$&').toLowerCase()
}
