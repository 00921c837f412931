/** How processes are started and reaped: `posix-spawn` through FFI, or Node's own `child-process`. */
export const spawnerNames = ['posix-spawn', 'child-process'] as const

export type SpawnerName = (typeof spawnerNames)[number]
