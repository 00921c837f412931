import { Type } from '@sinclair/typebox'
import { AppId } from '../../src/http/shapes/session.ts'

export const AppParams = Type.Object({ id: AppId })
