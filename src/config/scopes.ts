/** What a token can permit: to see sessions, to launch them, to stop them. */
export const scopes = ['read', 'launch', 'stop'] as const

export type Scope = (typeof scopes)[number]
