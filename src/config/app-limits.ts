import { type Static, Type } from '@sinclair/typebox'
import type { Limits } from '../protocol/limits.ts'
import type { ConfigFault } from './faults.ts'

const units = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

type Unit = keyof typeof units

const sizePattern = `^([0-9]{1,9}(?:\\.[0-9]{1,3})?) ?(${Object.keys(units).join('|')})$`

/** A number of bytes, with or without a unit. */
const Size = (description: string) =>
  Type.Unsafe<number | string>({
    ...{ type: ['integer', 'string'], minimum: 1, maximum: 2 ** 50, pattern: sizePattern },
    description: `${description}, such as "512 MiB"; a number is bytes`
  })

const Count = (options: object) => Type.Integer({ minimum: 1, ...options })

/** What an app may use, as the configuration has it. */
export const AppLimits = Type.Object(
  {
    memory: Type.Optional(Size('of all its processes together')),
    cpus: Type.Optional(
      Type.Number({ minimum: 0.01, maximum: 4_096, description: 'CPU time per time; where the kernel can hold it' })
    ),
    processes: Type.Optional(Count({ maximum: 1_000_000, description: 'at once' })),
    openFiles: Type.Optional(Count({ minimum: 16, maximum: 1_048_576, description: 'of each process' })),
    fileSize: Type.Optional(Size('of each file that it writes')),
    nice: Type.Optional(
      Type.Integer({
        minimum: -20,
        maximum: 19,
        description: 'its scheduling priority: the higher, the lower; 0 by default'
      })
    )
  },
  { additionalProperties: false, description: 'what it may use' }
)

export type AppLimits = Static<typeof AppLimits>

/** Less memory than any program needs: a unit was forgotten. */
const leastMemory = 2 ** 20

/** What of these limits can't be meant. */
export function limitFaults({ memory }: AppLimits, path: string): readonly ConfigFault[] {
  return memory !== undefined && bytesOf(memory) < leastMemory
    ? [{ path: `${path}.memory`, detail: `is ${bytesOf(memory)} bytes, less than any program needs` }]
    : []
}

/** The member of a launch; none without limits. */
export function limitsOf({ limits }: { readonly limits?: AppLimits }): { readonly limits?: Limits } {
  if (!limits || Object.keys(limits).length === 0) return {}
  const { memory, fileSize, ...rest } = limits
  return {
    limits: {
      ...rest,
      ...(memory !== undefined && { memoryBytes: bytesOf(memory) }),
      ...(fileSize !== undefined && { fileSizeBytes: bytesOf(fileSize) })
    }
  }
}

function bytesOf(size: number | string): number {
  if (typeof size === 'number') return size
  const [, count, unit] = new RegExp(sizePattern).exec(size) ?? []
  return Math.round(Number(count) * units[unit as Unit])
}
