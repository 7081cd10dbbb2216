import * as z from 'zod'
import { durationMs } from '../../lib/duration.ts'
import type { PodBehavior } from './behavior.ts'

/** A Go duration such as `30s` or `1m30s`; comes out in milliseconds. */
export const durationInMs = z.string().transform((text, context) => {
  try {
    return durationMs(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is no duration' })
    return z.NEVER
  }
})

/** A pod's behaviour as people write it, in scenario files and in the annotation of a pod template. */
export const podBehaviorFields = {
  readyAfter: durationInMs.optional().describe('From the start of the container until it is ready. Default 1s.'),
  neverReady: z.boolean().optional().describe('The readiness probe never passes.'),
  unreadyAfter: durationInMs
    .optional()
    .describe('The readiness probe fails for good, this long after it first passed.'),
  crashAfter: durationInMs.optional().describe('The container crashes this long after each start, and is restarted.'),
  imagePullFails: z.boolean().optional().describe('The image cannot be pulled.'),
  unschedulable: z.boolean().optional().describe('No node has room.'),
  runFor: durationInMs.optional().describe('Pods of Jobs: how long the container runs. Default 1s.'),
  exitCode: z.int().min(0).max(255).optional().describe('Pods of Jobs: the exit code. Default 0.'),
}

const annotationSchema = z.strictObject(podBehaviorFields)

/** {@link PodBehavior} of what was written. */
export const podBehaviorOf = (written: z.infer<typeof annotationSchema>): PodBehavior => {
  const { readyAfter, unreadyAfter, crashAfter, runFor, neverReady, imagePullFails, unschedulable, exitCode } = written
  return {
    ...(readyAfter === undefined ? {} : { readyAfterMs: readyAfter }),
    ...(unreadyAfter === undefined ? {} : { unreadyAfterMs: unreadyAfter }),
    ...(crashAfter === undefined ? {} : { crashAfterMs: crashAfter }),
    ...(runFor === undefined ? {} : { runForMs: runFor }),
    ...(neverReady === undefined ? {} : { neverReady }),
    ...(imagePullFails === undefined ? {} : { imagePullFails }),
    ...(unschedulable === undefined ? {} : { unschedulable }),
    ...(exitCode === undefined ? {} : { exitCode }),
  }
}

/** Annotation of a pod template that says how its pods behave in the sandbox, as JSON: `{"readyAfter": "30s"}`. */
export const behaviorAnnotation = 'sandbox.crossfade.dev/behavior'

/** Reads {@link behaviorAnnotation}. A text that cannot be read counts as none: a pod must not stop the sandbox. */
export const readBehaviorAnnotation = (text: string): PodBehavior | undefined => {
  try {
    const result = annotationSchema.safeParse(JSON.parse(text))
    return result.success ? podBehaviorOf(result.data) : undefined
  } catch {
    return undefined
  }
}
