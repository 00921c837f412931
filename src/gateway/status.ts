import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ErrorCode } from './errors.ts'
import { GatewayError } from './errors.ts'
import type { Gateway } from './gateway.ts'
import { formatCursor } from './store/cursor.ts'

/** What clients may know of the gateway. */
export interface GatewayStatus {
  readonly serverId: string
  readonly startedAt: string
  readonly time: string
  /** A stream from here has every event that is kept. */
  readonly oldestCursor: string
  readonly newestCursor: string
  readonly ready: boolean
  /** Why it is not ready. */
  readonly problem?: ErrorCode
  readonly supervisor: SupervisorStatus
  readonly limits: Gateway['config']['limits']
  readonly retention: Gateway['config']['retention']
}

export interface SupervisorStatus {
  readonly attached: boolean
  readonly attachedAt?: string
  readonly attachments: number
  readonly spawner?: string
  /** Absent if sessions have none. */
  readonly cgroups?: { readonly use: string; readonly controllers: readonly string[] }
}

/** Figures over all apps. */
export interface GatewayFigures {
  readonly eventClients: { readonly websocket: number; readonly sse: number; readonly ndjson: number }
  readonly memory: { readonly rssBytes: number; readonly heapUsedBytes: number }
  /** Since the gateway started, in milliseconds. */
  readonly loopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly logs: { readonly keptBytes: number; readonly droppedBytes: number }
}

const nanosecondsPerMs = 1_000_000

/** Says how the gateway is. */
export class StatusReporter {
  readonly #startedAt = new Date().toISOString()
  readonly #delay = monitorEventLoopDelay({ resolution: 20 })

  constructor() {
    this.#delay.enable()
  }

  status(gateway: Gateway): GatewayStatus {
    const { feed, store, supervisor, config } = gateway
    const problem = problemOf(gateway)
    const { attachments, attachedAt, isUsable, welcome } = supervisor
    return {
      serverId: feed.serverId,
      startedAt: this.#startedAt,
      time: new Date().toISOString(),
      oldestCursor: formatCursor(store.epoch, store.tail - 1),
      newestCursor: formatCursor(store.epoch, store.head),
      ready: problem === undefined,
      ...(problem && { problem }),
      supervisor: {
        attached: isUsable,
        ...(welcome && attachedAt !== undefined && { attachedAt: new Date(attachedAt).toISOString() }),
        attachments,
        ...(welcome && { spawner: welcome.spawner }),
        ...(welcome?.cgroups && { cgroups: { use: welcome.cgroups.use, controllers: welcome.cgroups.controllers } })
      },
      limits: config.limits,
      retention: config.retention
    }
  }

  figures({ feed, supervisor }: Gateway): GatewayFigures {
    const { rss: rssBytes, heapUsed: heapUsedBytes } = process.memoryUsage()
    const ms = (nanoseconds: number) => Math.round(nanoseconds / nanosecondsPerMs)
    return {
      eventClients: { ...feed.clients },
      memory: { rssBytes, heapUsedBytes },
      loopDelayMs: {
        p50: ms(this.#delay.percentile(50)),
        p99: ms(this.#delay.percentile(99)),
        max: ms(this.#delay.max)
      },
      logs: { keptBytes: supervisor.logUsage.bytes, droppedBytes: supervisor.logUsage.droppedBytes }
    }
  }

  close(): void {
    this.#delay.disable()
  }
}

function problemOf(gateway: Gateway): ErrorCode | undefined {
  try {
    gateway.requireReady()
    return undefined
  } catch (error) {
    if (error instanceof GatewayError) return error.code
    throw error
  }
}
