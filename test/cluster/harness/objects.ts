import { z } from 'zod'

// What the harness reads of the cluster's objects. Kept apart from the product's own types, so that the stories judge
// what the API server shows and not what the product believes.

const metadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  uid: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  deletionTimestamp: z.string().optional(),
  resourceVersion: z.string().default(''),
})

const podTemplate = z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })) }) })

/** A Pod: what the application and the load generator need to know of it. */
export const podSchema = z.object({
  metadata,
  spec: z.object({ containers: z.array(z.object({ image: z.string() })) }),
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
    .default({ conditions: [] }),
})

/** @see podSchema */
export type Pod = z.infer<typeof podSchema>

/** A Service and the pods that it selects. */
export const serviceSchema = z.object({
  metadata,
  spec: z.object({ selector: z.record(z.string(), z.string()).default({}) }),
})

/** @see serviceSchema */
export type Service = z.infer<typeof serviceSchema>

const backend = z.object({ service: z.object({ name: z.string() }).optional() })

/** An Ingress with the annotations that NGINX reads. */
export const ingressSchema = z.object({
  metadata,
  spec: z.object({
    rules: z
      .array(
        z.object({
          host: z.string().optional(),
          http: z.object({ paths: z.array(z.object({ path: z.string().optional(), backend })) }),
        }),
      )
      .default([]),
  }),
})

/** @see ingressSchema */
export type Ingress = z.infer<typeof ingressSchema>

/** A Gateway API HTTPRoute; a backend without a weight counts 1. */
export const httpRouteSchema = z.object({
  metadata,
  spec: z.object({
    rules: z
      .array(
        z.object({ backendRefs: z.array(z.object({ name: z.string(), weight: z.number().default(1) })).default([]) }),
      )
      .default([]),
  }),
})

/** @see httpRouteSchema */
export type HttpRoute = z.infer<typeof httpRouteSchema>

/** A ReplicaSet of a Rollout. */
export const replicaSetSchema = z.object({
  metadata,
  spec: z.object({ replicas: z.number().default(1), template: podTemplate }),
  status: z
    .object({ replicas: z.number().default(0), availableReplicas: z.number().default(0) })
    .default({ replicas: 0, availableReplicas: 0 }),
})

/** @see replicaSetSchema */
export type ReplicaSet = z.infer<typeof replicaSetSchema>

const weight = z.object({ weight: z.number() })

const condition = z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string() })
const runStatus = z.object({ name: z.string(), status: z.string(), message: z.string().optional() })

/** A Rollout, as a user reads it. */
export const rolloutSchema = z.object({
  metadata: metadata.extend({ generation: z.number() }),
  // The template may be that of another workload.
  spec: z.object({ replicas: z.number().default(1), template: podTemplate.default({ spec: { containers: [] } }) }),
  status: z
    .object({
      phase: z.string().default(''),
      message: z.string().default(''),
      observedGeneration: z.string().default(''),
      currentPodHash: z.string().default(''),
      stableRS: z.string().default(''),
      currentStepIndex: z.number().optional(),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      readyReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      HPAReplicas: z.number().default(0),
      selector: z.string().default(''),
      abort: z.boolean().default(false),
      controllerPause: z.boolean().default(false),
      pauseConditions: z.array(z.object({ reason: z.string() })).nullish(),
      conditions: z.array(condition).default([]),
      canary: z.object({ weights: z.object({ canary: weight, stable: weight }).optional() }).optional(),
      blueGreen: z
        .object({
          activeSelector: z.string().optional(),
          previewSelector: z.string().optional(),
          prePromotionAnalysisRunStatus: runStatus.optional(),
          postPromotionAnalysisRunStatus: runStatus.optional(),
        })
        .optional(),
      duration: z.object({ completionStatus: z.string().optional() }).optional(),
    })
    .prefault({}),
})

/** @see rolloutSchema */
export type Rollout = z.infer<typeof rolloutSchema>

/** An AnalysisRun and its verdict. */
export const analysisRunSchema = z.object({
  metadata,
  status: z
    .object({
      phase: z.string().default(''),
      message: z.string().default(''),
      metricResults: z
        .array(
          z.object({
            name: z.string(),
            phase: z.string(),
            count: z.number().default(0),
            failed: z.number().default(0),
          }),
        )
        .default([]),
    })
    .prefault({}),
})

/** @see analysisRunSchema */
export type AnalysisRun = z.infer<typeof analysisRunSchema>

/** A core/v1 Event. */
export const eventSchema = z.object({
  metadata,
  reason: z.string().default(''),
  message: z.string().default(''),
  type: z.string().default(''),
  involvedObject: z.object({ kind: z.string(), name: z.string() }),
})

/** @see eventSchema */
export type Event = z.infer<typeof eventSchema>

/** True for a pod that may receive requests. */
export function isReady(pod: Pod): boolean {
  const ready = pod.status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')
  return ready && pod.metadata.deletionTimestamp === undefined
}

/** True when every pair of the selector is among the labels; an empty selector selects nothing. */
export function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  const pairs = Object.entries(selector)
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value)
}
