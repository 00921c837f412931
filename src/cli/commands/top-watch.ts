import type { GatewayClient } from '../../../clients/typescript/src/client.ts'
import { LiveSessions } from '../live-sessions.ts'
import { Screen, type Size } from '../terminal/screen.ts'
import { paint } from '../terminal/style.ts'
import { cut } from '../terminal/table.ts'
import { type Usage, UsageMeter } from '../usage/session-usage.ts'
import type { TopOptions } from './top.ts'
import { type Head, headLines, readHead } from './top-head.ts'
import { type SortName, sorted, sortKeys, sortNames, topTable } from './top-table.ts'

const measureMs = 2_000
const headMs = 10_000

/** Shows the usage of the live sessions until q or Ctrl-C. */
export async function watchUsage(client: GatewayClient, head: Head, options: TopOptions): Promise<void> {
  const view = new TopView(head, options.sort)
  const screen = new Screen({ draw: size => view.lines(size), onKey: key => view.press(key) })
  const timers = [
    setInterval(() => view.measure(), measureMs),
    setInterval(() => void view.refreshHead(client), headMs)
  ]
  const follow = async (signal: AbortSignal) => {
    const onChange = (sentence: string) => {
      view.say(sentence)
      screen.drawSoon()
    }
    await view.sessions.follow(client, options, { signal, onChange })
  }
  await screen.show(follow).finally(() => timers.forEach(clearInterval))
}

class TopView {
  readonly sessions = new LiveSessions()
  readonly #meter = new UsageMeter()
  #usages: ReadonlyMap<number, Usage> | undefined
  #head: Head
  #sort: SortName
  #newest = ''

  constructor(head: Head, sort: SortName) {
    this.#head = head
    this.#sort = sort
  }

  say(sentence: string): void {
    this.#newest = sentence
    // The first sample is taken as soon as there are sessions.
    if (!this.#usages) this.measure()
  }

  press(key: string): void {
    this.#sort = sortNames.find(name => sortKeys[name].key === key) ?? this.#sort
  }

  measure(): void {
    this.#usages = this.#meter.measure(this.sessions.all)
  }

  /** The stream of events tells when the gateway can't be reached. */
  async refreshHead(client: GatewayClient): Promise<void> {
    this.#head = await readHead(client).catch(() => this.#head)
  }

  lines({ rows, columns }: Size): string[] {
    const all = this.sessions.all.map(session => ({ session, usage: this.#usages?.get(session.id) }))
    // The other lines are the head, an empty one, the head of the table, the keys and the newest change.
    const shown = sorted(all, this.#sort).slice(0, Math.max(1, rows - 6))
    const left = all.length - shown.length
    const count = `${all.length} ${all.length === 1 ? 'session' : 'sessions'}${left > 0 ? `, ${left} not shown` : ''}`
    return [
      ...headLines(this.#head).map(line => cut(line, columns)),
      '',
      ...topTable(shown, columns),
      cut(`${count} by ${sortKeys[this.#sort].says}; ${keysText}; q ends`, columns),
      paint('dim', cut(this.#newest, columns))
    ]
  }
}

const keysText = sortNames.map(name => `${sortKeys[name].key} ${sortKeys[name].says}`).join(', ')
