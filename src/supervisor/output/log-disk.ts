import { statfs } from 'node:fs/promises'

/** How long a look at the disk holds, in milliseconds. */
const lookEveryMs = 250

/** Logs leave to others at most this part of the disk, so that there is room for logs on a small one. */
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
   * Whether so many bytes may be written so that `minFreeBytes` stay free. Between two looks at the disk what is allowed
   * counts as written, so that a burst of all sessions can't use up the rest unseen.
   */
  async allows(bytes: number, minFreeBytes: number): Promise<boolean> {
    if (performance.now() - this.#lookedAt > lookEveryMs) void this.#look()
    // Only who would be refused waits for a look: there may be room again.
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
      // Of a disk that tells nothing nothing is reserved.
      this.#freeBytes = Number.POSITIVE_INFINITY
    }
  }
}
