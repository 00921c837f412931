import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { GatewayProcess } from '../gateway-process.ts'
import { temporaryFolder } from '../helper.ts'
import { adapt, committed, freePort } from './files.ts'
import { Program } from './program.ts'

export const rulesFile = 'weft-gateway.rules.yml'

export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

/** A real Prometheus with the committed files, which scrapes a gateway every second. */
export class Prometheus {
  readonly configuration: string
  readonly #url: string
  readonly #program: Program

  private constructor(
    t: Test,
    { folder, configuration, port }: { folder: string; configuration: string; port: number }
  ) {
    const flags = [`--config.file=${configuration}`, `--storage.tsdb.path=${folder}/data`]
    const features = '--enable-feature=exemplar-storage'
    const command = ['prometheus', ...flags, features, `--web.listen-address=127.0.0.1:${port}`]
    this.configuration = configuration
    this.#url = `http://127.0.0.1:${port}/api/v1`
    this.#program = new Program(t, { command, cwd: folder })
  }

  static async start(t: Test, gateway: GatewayProcess): Promise<Prometheus> {
    const folder = await temporaryFolder(t)
    const target = { '127.0.0.1:7410': gateway.url.replace('http://', ''), 'interval: 15s': 'interval: 1s' }
    const configuration = join(folder, 'prometheus.yml')
    writeFileSync(configuration, adapt(committed('prometheus/prometheus.yml'), target))
    writeFileSync(join(folder, rulesFile), committed(`prometheus/${rulesFile}`))
    return new Prometheus(t, { folder, configuration, port: await freePort() })
  }

  async until(isUp: () => Promise<boolean>): Promise<void> {
    await this.#program.until(isUp)
  }

  /** What a query returns now; undefined while Prometheus does not answer. @throws if the query is wrong */
  async query(query: string): Promise<readonly Sample[] | undefined> {
    return (await this.#get<{ result: Sample[] }>('query', query))?.result
  }

  /** The labels of the exemplars of the last hour. */
  async exemplars(query: string): Promise<readonly Readonly<Record<string, string>>[]> {
    const found = await this.#get<{ exemplars: { labels: Record<string, string> }[] }[]>('query_exemplars', query)
    return (found ?? []).flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels))
  }

  async #get<T>(call: string, query: string): Promise<T | undefined> {
    const end = Date.now() / 1_000 + 60
    const range = call === 'query' ? {} : { start: String(end - 3_600), end: String(end) }
    const answer = await fetch(`${this.#url}/${call}?${new URLSearchParams({ query, ...range })}`).catch(
      () => undefined
    )
    if (answer?.status === 400) throw new Error(`${query}: ${await answer.text()}`)
    return answer?.ok ? ((await answer.json()) as { data: T }).data : undefined
  }
}
