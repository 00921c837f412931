import { builtinModules } from 'node:module'
import type { Plugin } from 'esbuild'

/** Packages require these for what the gateway does not do: it is no client and speaks plain HTTP only. */
const rarelyUsed = /^(node:)?(https|http2|tls)$/

/**
 * Reads of Node's own modules only what is used. An import statement reads everything that a module exports, and some of
 * it is loaded when it is read: with `node:http` comes an HTTP client that takes 14 MB.
 */
export const nodeModules: Plugin = {
  name: 'node-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(node:.+|${builtinModules.join('|')})$`) }, ({ path, kind }) =>
      kind.startsWith('import') ? { path, namespace: 'node-modules' } : undefined
    )
    onLoad({ filter: /.*/, namespace: 'node-modules' }, ({ path }) => ({ contents: pureExports(path) }))
    onResolve({ filter: rarelyUsed }, ({ path, kind }) =>
      kind === 'require-call' ? { path, namespace: 'rarely-used' } : undefined
    )
    onLoad({ filter: /.*/, namespace: 'rarely-used' }, ({ path }) => ({ contents: loadedAtFirstUse(path) }))
  }
}

/** An expression that is pure is left out of the bundle if no file imports its name. */
function pureExports(module: string): string {
  const names = Object.keys(process.getBuiltinModule(module) ?? {}).filter(name => /^[a-z_$][\w$]*$/i.test(name))
  return [
    `const all = /* @__PURE__ */ process.getBuiltinModule('${module}')`,
    'export default all',
    ...names.map(name => `export const ${name} = /* @__PURE__ */ (() => all.${name})()`)
  ].join('\n')
}

function loadedAtFirstUse(module: string): string {
  return `module.exports = new Proxy({}, { get: (_, name) => process.getBuiltinModule('${module}')[name] })`
}
