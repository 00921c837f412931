import { statfs } from 'node:fs/promises'

/** How long the measured free space is used, in milliseconds. */
const lookEveryMs = 250

/** Logs leave at most this part of the disk free, so that they fit on a small disk. */
const maxReservedPart = 0.1

/** The disk under the logs of all sessions: what they wrote to it, what they could not, and how much they may. */
export class LogDisk {
  readonly #folder: string
  #lookedAt = Number.NEGATIVE_INFINITY
  #freeBytes = Number.POSITIVE_INFINITY
  #totalBytes = Number.POSITIVE_INFINITY
  bytes = 0
  droppedBytes = 0

  /** @param folder on this disk */
  constructor(folder: string) {
    this.#folder = folder
  }

  /**
   * Whether this many bytes can be written so that `minFreeBytes` stay free. Allowed bytes count as written until the free
   * space is measured again, so that a burst of all sessions can't fill the disk.
   */
  async allows(bytes: number, minFreeBytes: number): Promise<boolean> {
    if (performance.now() - this.#lookedAt > lookEveryMs) void this.#look()
    // Measured again before a refusal: space may have become free.
    if (!this.#fits(bytes, minFreeBytes)) await this.#look()
    const fits = this.#fits(bytes, minFreeBytes)
    if (fits) this.#freeBytes -= bytes
    return fits
  }

  #fits(bytes: number, minFreeBytes: number): boolean {
    return this.#freeBytes - bytes >= Math.min(minFreeBytes, this.#totalBytes * maxReservedPart)
  }

  async #look(): Promise<void> {
    this.#lookedAt = performance.now()
    try {
      const { bavail, blocks, bsize } = await statfs(this.#folder)
      this.#freeBytes = bavail * bsize
      this.#totalBytes = blocks * bsize
    } catch {
      // If the free space can't be measured, nothing is reserved.
      this.#freeBytes = Number.POSITIVE_INFINITY
    }
  }
}
