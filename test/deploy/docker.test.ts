import { matchesGlob } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import packageJson from '../../package.json' with { type: 'json' }
import { committed } from './files.ts'

const dockerfile = committed('docker/Dockerfile')

t.test('the Dockerfile copies all that the package holds', async t => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '))
  for (const file of packageJson.files.filter(file => file !== 'dist')) {
    t.ok(
      copied.some(pattern => matchesGlob(file, pattern)),
      file
    )
  }
})

t.test('the gateway in the image is not root, and is not process 1', async t => {
  t.match(dockerfile, /^USER weft$/m)
  t.match(dockerfile, /^ENTRYPOINT \["tini", "--", "weft-gateway"\]$/m)
})

t.test('compose.yaml mounts what the image reads, and publishes to this machine only', async t => {
  const { services, volumes } = parse(committed('docker/compose.yaml'))
  const [configuration, state] = services.gateway.volumes
  t.match(dockerfile, `CMD ["--config", "${configuration.split(':')[1]}"]`)
  const [volume, folder] = state.split(':')
  t.match(dockerfile, `VOLUME ${folder}\n`)
  t.match(dockerfile, `WEFT_GATEWAY_STATE_DIR=${folder}\n`)
  t.ok(volume in volumes)
  t.same(services.gateway.ports, ['127.0.0.1:7410:7410'])
})
