import { registerHooks } from 'node:module'

/* For generators that would get TypeScript 7, which has no JavaScript API: `node --import` this. */

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(specifier, specifier === 'typescript' ? { ...context, parentURL: import.meta.url } : context)
})
