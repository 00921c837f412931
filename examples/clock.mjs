// Ready at once, with a JSON object that becomes `session.ready`; then the time, once a second.
console.log(`READY ${JSON.stringify({ greeting: process.env.GREETING ?? 'tick' })}`)
setInterval(() => console.log(new Date().toISOString()), 1_000)
