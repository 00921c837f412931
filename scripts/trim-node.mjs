import { existsSync, readdirSync, rmSync } from 'node:fs'

/* After `npm ci` in a clone: of the package `node` only the program is used; its headers take 67 MB. Any Node can run this. */

const platforms = new URL('../node_modules/node/node_modules/', import.meta.url)
for (const platform of existsSync(platforms) ? readdirSync(platforms) : []) {
  for (const unused of ['include', 'share']) {
    rmSync(new URL(`${platform}/${unused}`, platforms), { recursive: true, force: true })
  }
}
