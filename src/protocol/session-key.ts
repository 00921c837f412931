/** The environment variable that every process of a session inherits; its value is unique to the session. */
export const sessionKeyVariable = 'WEFT_SESSION_KEY'
