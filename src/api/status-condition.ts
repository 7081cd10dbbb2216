import * as z from 'zod'
import { timestamp } from './scalars.ts'

/** A condition of a Rollout or an Experiment: an aspect of its state, and since when. */
export const statusCondition = z.object({
  type: z.string().describe('The aspect that the condition is about.'),
  status: z.string().describe('Whether it holds: True, False or Unknown.'),
  reason: z.string().describe('Why, in one word for programs.'),
  message: z.string().describe('Why, in a sentence for people.'),
  lastTransitionTime: timestamp.describe('When the status last changed.'),
  lastUpdateTime: timestamp.describe('When the condition was last written.'),
})

/** See {@link statusCondition}. */
export type StatusCondition = z.infer<typeof statusCondition>
