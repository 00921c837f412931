import t from 'tap'
import { GatewayProcess } from '../gateway-process.ts'
import { shell } from '../helper.ts'

/* Kills the gateway at random instants around launches with keys, which are tried again. WEFT_IDEMPOTENCY_KILLS makes it longer. */

const kills = Number(process.env.WEFT_IDEMPOTENCY_KILLS ?? 25)

const apps = {
  steady: shell('echo READY; exec sleep 600'),
  brief: shell('echo READY; exec sleep 0.05'),
  crash: shell('exit 3')
}

interface Answer {
  readonly status: number
  readonly location: string | null
  readonly body: string
  readonly isReplay: boolean
}

t.test(
  'kill the gateway at any moment: a launch with a key happens once, and what was answered stays answered',
  { timeout: 3_600_000 },
  async t => {
    const gateway = await GatewayProcess.start(t, { apps })
    const counts = { replays: 0, recovered: 0 }
    for (let round = 0; round < kills; round++) {
      const launches = Object.keys(apps).flatMap(appId =>
        [undefined, 'wait=0', 'wait=5'].map(
          prefer => new KeyedLaunch(gateway, `${round}-${appId}-${prefer}`, appId, prefer)
        )
      )
      const firstTries = launches.map(launch => launch.attempt())
      await idle(Math.random() * 60)
      await gateway.signal('SIGKILL')
      const before = await Promise.all(firstTries)
      await gateway.start()
      for (const [index, launch] of launches.entries()) {
        const [after, again] = [await launch.insist(), await launch.insist()]
        const answered = before[index]
        if (answered) t.same(after, { ...answered, isReplay: true }, `${launch.key}: the answer stays`)
        t.same(again, { ...after, isReplay: true }, `${launch.key}: the same again`)
        if (answered) counts.replays++
        else if (after.isReplay) counts.recovered++
        const ids = await launch.sessions()
        t.equal(ids.length, 1, `${launch.key}: one session`)
        t.equal(after.location, `/sessions/${ids[0]}`)
      }
    }
    t.comment(`${counts.replays} answers repeated, ${counts.recovered} given that were lost`)
    for (const { id } of await live(gateway)) {
      await gateway.call(`/sessions/${id}?force=true`, { method: 'DELETE', headers: { prefer: 'wait=60' } })
    }
  }
)

class KeyedLaunch {
  readonly key: string
  readonly #gateway: GatewayProcess
  readonly #appId: string
  readonly #prefer: string | undefined

  constructor(gateway: GatewayProcess, key: string, appId: string, prefer: string | undefined) {
    this.#gateway = gateway
    this.key = key
    this.#appId = appId
    this.#prefer = prefer
  }

  /** Undefined where the gateway was killed before the whole answer came. */
  async attempt(): Promise<Answer | undefined> {
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': this.key,
      ...(this.#prefer && { prefer: this.#prefer })
    }
    const body = JSON.stringify({ appId: this.#appId, labels: { key: this.key } })
    try {
      const response = await this.#gateway.call('/sessions', { method: 'POST', headers, body })
      return {
        status: response.status,
        location: response.headers.get('location'),
        body: await response.text(),
        isReplay: response.headers.has('idempotent-replayed')
      }
    } catch {
      return undefined
    }
  }

  /** Tries until there is an answer that tells of a session. */
  async insist(): Promise<Answer> {
    for (;;) {
      const answer = await this.attempt()
      if (answer?.status === 201 || answer?.status === 502) return answer
      if (answer && answer.status !== 409 && answer.status !== 503) throw new Error(`${answer.status} ${answer.body}`)
    }
  }

  async sessions(): Promise<number[]> {
    const page = await this.#gateway.call(`/sessions?label=${encodeURIComponent(`key=${this.key}`)}`)
    const { items } = (await page.json()) as { items: { id: number }[] }
    return items.map(({ id }) => id)
  }
}

async function live(gateway: GatewayProcess): Promise<{ id: number }[]> {
  const page = await gateway.call('/sessions?state=starting&state=running&state=stopping&limit=1000')
  return ((await page.json()) as { items: { id: number }[] }).items
}

function idle(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
