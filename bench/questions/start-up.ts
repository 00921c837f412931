import { startBareGateway } from '../servers/baselines.ts'
import { startWeftGateway } from '../servers/weft-gateway.ts'
import type { Question } from '../suite/question.ts'

const measure = 'start of the process to listening'

export const startUp: Question = {
  name: 'start-up',
  asks: 'How long until a gateway on a new state folder listens?',
  measures: [{ name: measure, unit: 'ms', baseline: 'bare gateway', better: 'lower', goal: { value: 300 } }],
  async prepare() {
    const timing = (start: typeof startWeftGateway) => async () => {
      await using stack = new AsyncDisposableStack()
      const { startMs } = await start({ apps: { app: ['true'] } }, stack)
      return { [measure]: startMs }
    }
    return [{ product: timing(startWeftGateway), baseline: timing(startBareGateway) }]
  }
}
