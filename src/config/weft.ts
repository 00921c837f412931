import { Type } from '@sinclair/typebox'

/** The protocol of weft-appd, for the clients of WEFT OS. */
export const Weft = Type.Object(
  {
    enabled: Type.Boolean({ default: false, description: 'whether the clients of WEFT OS are served' }),
    allowNullOrigin: Type.Boolean({
      default: false,
      description: 'whether pages without an origin are served: any web page can make itself one'
    }),
    token: Type.Optional(
      Type.String({ minLength: 1, description: 'the name of the token whose rights these clients have' })
    )
  },
  { additionalProperties: false, default: {}, description: 'the protocol of weft-appd' }
)
