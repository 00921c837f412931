import { Type } from '@sinclair/typebox'
import { AppId } from './session.ts'

export const App = Type.Object(
  {
    id: AppId,
    title: Type.Optional(Type.String({ description: 'The name to show to people.' })),
    description: Type.Optional(Type.String({ description: 'What the app does, for people.' })),
    clientEnv: Type.Array(Type.String(), { description: 'Names of the environment variables that a launch may set.' })
  },
  { $id: 'App', description: 'An app of the catalogue.' }
)

export const AppList = Type.Object(
  { items: Type.Array(Type.Ref('App')) },
  { $id: 'AppList', description: 'The catalogue, sorted by id.' }
)
