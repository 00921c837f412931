/** The cursor from which the next connection to the events resumes. */
export class ResumePoint {
  cursor: string | undefined

  constructor(since: string | undefined) {
    this.cursor = since
  }

  /** The number of the last event that came or was left out by the filters; 0 before the first. */
  get seq(): number {
    return this.cursor === undefined ? 0 : split(this.cursor).seq
  }

  /** Goes on to a later cursor; false for one that was passed before. */
  advance(cursor: string): boolean {
    const [now, next] = [split(this.cursor ?? ''), split(cursor)]
    if (now.epoch === next.epoch && next.seq <= now.seq) return false
    this.cursor = cursor
    return true
  }
}

function split(cursor: string) {
  const [epoch, seq] = cursor.split('.')
  return { epoch, seq: Number(seq) }
}
