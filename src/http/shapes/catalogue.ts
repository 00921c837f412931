import { Type } from '@sinclair/typebox'
import { AppId } from './session.ts'

export const App = Type.Object(
  {
    id: AppId,
    title: Type.Optional(Type.String({ description: 'For people.' })),
    description: Type.Optional(Type.String({ description: 'For people, longer.' })),
    clientEnv: Type.Array(Type.String(), { description: 'Names of variables that a launch may set.' })
  },
  { $id: 'App', description: 'What can be launched.' }
)

export const AppList = Type.Object(
  { items: Type.Array(Type.Ref('App')) },
  { $id: 'AppList', description: 'The catalogue, in the order of the ids.' }
)
