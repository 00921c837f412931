import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How often a return is tried: the kernel can be short of memory for a moment. */
const attempts = 100

/** The cgroup that this process belongs in. */
export class HomeCgroup {
  readonly #file: string

  /** @throws if this process may not enter it: it could not return to it from another one */
  constructor(folder: string) {
    this.#file = join(folder, 'cgroup.procs')
    writeFileSync(this.#file, `${process.pid}`, { flag: 'r+' })
  }

  /** @throws if that is not possible */
  enter(): void {
    for (let attempt = 1; ; attempt++) {
      try {
        writeFileSync(this.#file, `${process.pid}`, { flag: 'r+' })
        return
      } catch (error) {
        if (attempt === attempts) throw error
      }
    }
  }
}
