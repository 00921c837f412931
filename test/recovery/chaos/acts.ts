import { setTimeout as delay } from 'node:timers/promises'
import type { Clients } from './clients.ts'
import { trySignal } from './processes.ts'
import type { Random } from './random.ts'
import { gatewayKills, type Stage } from './stage.ts'

/** What goes wrong in a round. A gateway runs when it is over. */
export type Act = (stage: Stage, random: Random, clients: Clients) => Promise<void>

/** How long a launch may go without an answer. */
const postMs = 10_000

/** How long the load goes on before the kill. */
const loadMs = 250

const killGateway: Act = async (stage, random) => {
  await delay(random.upTo(loadMs))
  await stage.killGateway()
  await stage.start(random)
}

const killSupervisor: Act = async (stage, random) => {
  await delay(random.upTo(loadMs))
  stage.killSupervisor()
}

const killBoth: Act = async (stage, random) => {
  await delay(random.upTo(loadMs))
  if (random.chance(0.5)) stage.killSupervisor()
  const gone = stage.killGateway()
  stage.killSupervisor()
  await gone
  await stage.start(random)
}

/** Where a launch is on its way through both processes. */
const killAfterPost: Act = async (stage, random, clients) => {
  const supervisor = random.chance(0.5) ? stage.gateway.supervisorPid() : undefined
  const isGatewayKilled = supervisor === undefined || random.chance(0.5)
  const posted = clients.launch('steady', AbortSignal.timeout(postMs)).catch(() => {})
  await delay(random.upTo(6))
  if (supervisor !== undefined) stage.killSupervisor(supervisor)
  if (isGatewayKilled) await stage.killGateway()
  await posted
  if (isGatewayKilled) await stage.start(random)
}

const pauseGateway: Act = async (stage, random) => {
  await delay(random.upTo(loadMs))
  stage.count('pauses of the gateway')
  trySignal(stage.gateway.pid, 'SIGSTOP')
  await delay(random.upTo(300))
  if (random.chance(0.3)) {
    await stage.killGateway()
    await stage.start(random)
  } else trySignal(stage.gateway.pid, 'SIGCONT')
}

const pauseSupervisor: Act = async (stage, random) => {
  const supervisor = stage.gateway.supervisorPid()
  if (supervisor === undefined) return
  await delay(random.upTo(loadMs))
  stage.count('pauses of the supervisor')
  trySignal(supervisor, 'SIGSTOP')
  await delay(random.upTo(300))
  const isGatewayKilled = random.chance(0.3)
  if (isGatewayKilled) await stage.killGateway()
  const started = isGatewayKilled ? stage.start(random) : undefined
  if (isGatewayKilled) await delay(random.upTo(1_000))
  if (random.chance(0.3)) stage.killSupervisor()
  else trySignal(supervisor, 'SIGCONT')
  await started
}

const pauseBoth: Act = async (stage, random) => {
  await delay(random.upTo(loadMs))
  stage.count('pauses of both at once')
  const pids = [stage.gateway.pid, stage.gateway.supervisorPid()].filter(pid => pid !== undefined)
  for (const pid of pids) trySignal(pid, 'SIGSTOP')
  await delay(random.upTo(300))
  for (const pid of random.chance(0.5) ? pids : pids.toReversed()) trySignal(pid, 'SIGCONT')
}

/** Until the gateway says that the supervisor does not answer. */
const hangSupervisor: Act = async stage => {
  const supervisor = stage.gateway.supervisorPid()
  if (supervisor === undefined) return
  stage.count('pauses of the supervisor')
  trySignal(supervisor, 'SIGSTOP')
  const { gateway } = stage
  while ((await gateway.call('/readyz')).status === 200) await delay(50)
  trySignal(supervisor, 'SIGCONT')
}

const twoGateways: Act = async (stage, random) => {
  await delay(random.upTo(loadMs))
  if (random.chance(0.3)) stage.killSupervisor()
  await stage.killGateway()
  stage.count('starts of two gateways at once')
  await stage.start(random, 1)
}

const killStartingGateway: Act = async (stage, random) => {
  await delay(random.upTo(loadMs))
  if (random.chance(0.5)) stage.killSupervisor()
  await stage.killGateway()
  for (let starts = 0; starts < 3; starts++) await stage.startAndKill(random.upTo(1_500))
  await stage.start(random)
}

const killStartingSupervisor: Act = async (stage, random) => {
  await delay(random.upTo(loadMs))
  stage.killSupervisor()
  await stage.killGateway()
  let isStarted = false
  const started = stage.start(random).finally(() => {
    isStarted = true
  })
  while (!isStarted && stage.gateway.supervisorPid() === undefined) await delay(5)
  await delay(random.upTo(100))
  stage.killSupervisor()
  await started
}

const stopGracefully: Act = async (stage, random) => {
  await delay(random.upTo(loadMs))
  const { gateway, onStop } = stage
  stage.count(`graceful stops that ${onStop} the sessions`)
  const supervisor = gateway.supervisorPid()
  const code = await gateway.signal('SIGTERM')
  if (code !== 0) throw new Error(`a graceful stop ended with code ${code}: ${gateway.log.slice(-4_000)}`)
  const left = gateway.processes()
  if (left.length > 0 && onStop === 'stop') throw new Error(`processes ${left} outlived the gateway that stopped them`)
  if (left.length > 0 && gateway.supervisorPid() !== supervisor) throw new Error(`processes ${left} were left alone`)
  await stage.start(random)
}

const cutStopShort: Act = async (stage, random) => {
  await delay(random.upTo(loadMs))
  const gone = stage.gateway.signal('SIGTERM')
  await delay(random.upTo(400))
  stage.count('graceful stops cut short')
  if (random.chance(0.3)) stage.killSupervisor()
  if (stage.gateway.isRunning) stage.count(gatewayKills)
  if (stage.gateway.isRunning) trySignal(stage.gateway.pid, 'SIGKILL')
  await gone
  await stage.start(random)
}

/** The supervisor is asked to stop its sessions by somebody else, and may be killed before it is done. */
const stopSupervisor: Act = async (stage, random) => {
  const supervisor = stage.gateway.supervisorPid()
  if (supervisor === undefined) return
  await delay(random.upTo(loadMs))
  trySignal(supervisor, 'SIGTERM')
  stage.count('stops of the supervisor')
  await delay(random.upTo(400))
  if (random.chance(0.5)) stage.killSupervisor()
}

export const acts: Readonly<Record<string, Act>> = {
  killGateway,
  killSupervisor,
  killBoth,
  killAfterPost,
  pauseGateway,
  pauseSupervisor,
  pauseBoth,
  twoGateways,
  killStartingGateway,
  killStartingSupervisor,
  stopGracefully,
  cutStopShort,
  stopSupervisor
}

/** What takes long. */
export const rareActs: Readonly<Record<string, Act>> = { hangSupervisor }
