import type { Session } from '../../src/session/session.ts'

/** How many of the newest sessions the page lists. */
const maxListed = 20

const states = ['running', 'starting', 'restarting', 'queued', 'stopping'] as const

/** Instead of the sessions. */
export const forHolders = '<p>What runs is told to holders of a token only: <code>GET /sessions</code>.</p>'

/** Sessions that are not stopped, as a part of the page. */
export function whatRuns(live: readonly Session[]): string {
  if (live.length === 0) return '<p>No session is live.</p>'
  const rows = live.slice(-maxListed).reverse().map(row)
  return `<p>${summary(live)}</p>
<table>
<thead><tr><th>id<th>app<th>state<th>port<th>launched</thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>${live.length > maxListed ? `\n<p>These are the newest ${maxListed} of them.</p>` : ''}`
}

/** `142 running, 3 starting`. */
function summary(sessions: readonly Session[]): string {
  const counts = states.map(state => ({ state, count: sessions.filter(session => session.state === state).length }))
  const present = counts.filter(({ count }) => count > 0)
  return present.map(({ state, count }) => `${count} ${state}`).join(', ')
}

/** An id of an app has no character that HTML treats in a special way. */
function row(session: Session): string {
  const { id, appId, state, createdAt } = session
  const port = 'port' in session && session.port ? session.port : ''
  const link = `<a href="/sessions/${id}">${id}</a>`
  return `<tr><td>${link}<td>${appId}<td>${state}<td>${port}<td><time datetime="${createdAt}">${createdAt}</time>`
}
