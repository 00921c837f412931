interface TellingSession {
  readonly progress?: { readonly percent?: number; readonly text?: string }
  readonly health?: { readonly status: string; readonly failures?: number; readonly message?: string }
}

/** What a session tells of its present run, for people: `40 % compiling; unhealthy: 3 checks failed, GET / answered 500`. */
export function toldText({ progress = {}, health }: TellingSession): string {
  const { percent, text } = progress
  const done = [percent !== undefined && `${Math.floor(percent)} %`, text].filter(Boolean).join(' ')
  return [done, health && healthText(health)].filter(Boolean).join('; ')
}

function healthText({ status, failures, message }: NonNullable<TellingSession['health']>): string {
  const failed = failures !== undefined && `${failures} ${failures === 1 ? 'check' : 'checks'} failed`
  const why = [failed, message].filter(Boolean).join(', ')
  return why ? `${status}: ${why}` : status
}
