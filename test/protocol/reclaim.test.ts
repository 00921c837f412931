import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { processesOf, temporaryFolder } from '../helper.ts'
import { launchOf, RawGateway, startBareSupervisor } from './raw-gateway.ts'

const lost = { reason: 'supervisorLost', message: 'lost' } as const

t.test(
  'launches are taken while what a lost supervisor left is being swept, and what comes back is swept again',
  async t => {
    const go = join(await temporaryFolder(t), 'go')
    const { folder } = await startBareSupervisor(t)
    const gateway = await RawGateway.connect(folder)
    await gateway.greet()
    // As long as it is not told to go it starts the process anew that is killed: the sweep can't be over.
    const stubborn = spawn('/bin/sh', ['-c', `while [ ! -e ${go} ]; do WEFT_SESSION_KEY=stubborn sleep 600; done`])
    t.teardown(() => stubborn.kill('SIGKILL'))
    while (processesOf(new Set(['stubborn'])).length === 0) await new Promise(setImmediate)
    const gone = Array.from({ length: 500 }, (_, index) => ({ key: `gone${index}` }))
    gateway.send({ type: 'reclaim', trees: [{ key: 'stubborn' }, ...gone], ...lost })
    gateway.send({ type: 'launch', launch: launchOf('new', 'echo READY; exec sleep 600') })
    await gateway.until('fact', ({ key, input }) => key === 'new' && input.type === 'ready')
    const ended = (key: string) =>
      gateway.reports.some(report => report.type === 'fact' && report.key === key && report.input.type === 'ended')
    t.notOk(ended('stubborn'), 'the sweep is not over')
    for (const { key } of gone) await gateway.until('fact', fact => fact.key === key)
    t.notOk(ended('stubborn'))
    gateway.send({ type: 'ping' })
    await gateway.until('pong')

    await writeFile(go, '')
    const fact = await gateway.until('fact', ({ key }) => key === 'stubborn')
    t.match(fact.input, { type: 'ended', stop: { ...lost, signalsSent: ['SIGKILL'], survivors: 0 } })
    t.same(processesOf(new Set(['stubborn'])), [])
    const request = { reason: 'terminated', initiator: 'client' } as const
    gateway.send({ type: 'stop', key: 'new', request, force: true })
    await gateway.until('fact', ({ key, input }) => key === 'new' && input.type === 'ended')
    await gateway.close()
  }
)
