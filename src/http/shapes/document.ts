import { Type } from '@sinclair/typebox'

export const Document = Type.Object(
  {},
  { $id: 'Document', additionalProperties: true, description: 'An OpenAPI document.' }
)
