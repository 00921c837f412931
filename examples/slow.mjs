// Takes some seconds to be ready, and tells how far it is.
const seconds = Number(process.env.SECONDS ?? 3)
for (let second = 0; second < seconds; second++) {
  console.log(`starting: ${Math.round((100 * second) / seconds)} %`)
  await new Promise(resolve => setTimeout(resolve, 1_000))
}
console.log('READY')
setInterval(() => {}, 60_000)
