import * as z from 'zod'
import { blueGreenStrategy } from './blue-green.ts'
import { canaryStrategy } from './canary.ts'
import { labelSelector } from './kubernetes/label-selector.ts'
import { podTemplateSpec } from './kubernetes/pod-template.ts'
import { int32, timestamp } from './scalars.ts'

const workloadRef = z.object({
  apiVersion: z.string().optional().describe('API version of the workload, such as apps/v1.'),
  kind: z.string().optional().describe('Kind of the workload: Deployment, ReplicaSet or PodTemplate.'),
  name: z.string().optional().describe('Name of the workload, in the namespace of the Rollout.'),
  scaleDown: z
    .string()
    .optional()
    .describe('What becomes of a Deployment: never (default) leaves it, onsuccess or progressively scale it to 0.'),
})

/** A workload whose pod template, and whose selector, a Rollout takes instead of having its own. */
export type WorkloadRef = z.infer<typeof workloadRef>

const rolloutStrategy = z.object({
  canary: canaryStrategy.optional().describe('Release in steps, with a growing share of pods or traffic.'),
  blueGreen: blueGreenStrategy.optional().describe('Release by switching a Service to a new version that runs whole.'),
})

/** How the next version is released: exactly one of the two is set. */
export type RolloutStrategy = z.infer<typeof rolloutStrategy>

const selector = labelSelector.meta({
  'x-kubernetes-map-type': 'atomic',
  'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: '.spec.selector is immutable' }],
})

/** What a Rollout is to run, and how it is released. */
export const rolloutSpec = z.object({
  replicas: int32.optional().describe('How many pods run. Default 1.'),
  selector: selector
    .optional()
    .describe('Which pods belong to the Rollout; must match the labels of the template, and cannot be changed.'),
  template: podTemplateSpec.optional().describe('The pods to run. A change of it starts a release.'),
  workloadRef: workloadRef.optional().describe('Workload whose pod template is released, instead of template.'),
  minReadySeconds: int32
    .optional()
    .describe('How long a pod must be ready before it counts as available, in seconds. Default 0.'),
  rollbackWindow: z
    .object({ revisions: int32.optional().describe('How many revisions back a return skips the steps.') })
    .optional()
    .describe('Which returns to an earlier revision skip steps, pauses and analyses.'),
  strategy: rolloutStrategy.optional().describe('How a new version is released.'),
  revisionHistoryLimit: int32.optional().describe('How many old ReplicaSets are kept. Default 10.'),
  paused: z.boolean().optional().describe('Whether the release is held where it is.'),
  progressDeadlineSeconds: int32
    .optional()
    .describe('How long a release may go without progress before it counts as failed, in seconds. Default 600.'),
  progressDeadlineAbort: z
    .boolean()
    .optional()
    .describe('Whether a release without progress is aborted, not only reported. Default false.'),
  restartAt: timestamp.optional().describe('Pods created before this instant are replaced, a few at a time.'),
  analysis: z
    .object({
      successfulRunHistoryLimit: int32
        .optional()
        .describe('How many successful AnalysisRuns and Experiments are kept. Default 5.'),
      unsuccessfulRunHistoryLimit: int32
        .optional()
        .describe('How many failed, errored or inconclusive AnalysisRuns and Experiments are kept. Default 5.'),
    })
    .optional()
    .describe('How many finished AnalysisRuns and Experiments are kept.'),
})

/** See {@link rolloutSpec}. */
export type RolloutSpec = z.infer<typeof rolloutSpec>
