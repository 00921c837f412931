import type { Question } from '../suite/question.ts'
import { beside } from './beside.ts'
import { fanOut } from './fan-out.ts'
import { launch } from './launch.ts'
import { logs } from './logs.ts'
import { loopDelay } from './loop-delay.ts'
import { memory } from './memory.ts'
import { requests } from './requests.ts'
import { resume } from './resume.ts'
import { startUp } from './start-up.ts'

/** In the order in which they are answered. */
export const questions: readonly Question[] = [
  launch,
  beside,
  fanOut,
  resume,
  requests,
  memory,
  startUp,
  logs,
  loopDelay
]
