// Fails while it starts, as a badly configured server would.
console.log('reading the configuration')
console.error("crash: can't open database '/nowhere/data.db': no such file or directory")
process.exitCode = 3
