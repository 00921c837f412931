/** How many times its grace an app can take to end, by asking for more: the supervisor ends it then, and a gateway that stops waits until then. */
export const mostGraces = 10
