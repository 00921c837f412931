import fp from 'fastify-plugin'
import { AppStores, storeRoots } from '../src/gateway/weft/app-stores.ts'

/** Apps of WEFT OS, which the runtime runs. */
export default fp(
  async fastify => {
    const { gateway, log } = fastify
    const stores = new AppStores({ roots: storeRoots(process.env), log })
    stores.refresh()
    gateway.catalogue.offer(stores)
  },
  { name: 'weft', dependencies: ['gateway', 'request-pipeline'] }
)
