import type { Question } from '../suite/question.ts'
import { launch } from './launch.ts'
import { startUp } from './start-up.ts'

/** In the order in which they are answered. */
export const questions: readonly Question[] = [launch, startUp]
