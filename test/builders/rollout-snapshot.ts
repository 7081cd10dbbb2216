import type { AnalysisRun } from '../../src/api/analysis-run.ts'
import type { Experiment } from '../../src/api/experiment.ts'
import type { Service } from '../../src/api/kubernetes/service.ts'
import type { ReplicaSet } from '../../src/api/kubernetes/workloads.ts'
import {
  desiredReplicasAnnotation,
  managedByAnnotation,
  podTemplateHashLabel,
  revisionAnnotation,
} from '../../src/api/labels.ts'
import { podTemplateHash, stepsHash } from '../../src/api/pod-template-hash.ts'
import type { Rollout } from '../../src/api/rollout.ts'
import type { RolloutStatus } from '../../src/api/rollout-status.ts'
import type { NamedTemplate } from '../../src/api/validation/template-use.ts'
import type { DeepReadonly } from '../../src/lib/json.ts'
import { PluginDirectory } from '../../src/plugins/configuration.ts'
import type { FormerRouting } from '../../src/rollout/former-routing.ts'
import type { ObservedPod } from '../../src/rollout/observed-pod.ts'
import type { Plan } from '../../src/rollout/plan.ts'
import { noRoutingMemory } from '../../src/rollout/routing-memory.ts'
import type { BoundWorkload, Snapshot } from '../../src/rollout/snapshot.ts'
import type { BoundRouter, TrafficIntent, Verification } from '../../src/routers/router.ts'
import type { RolloutBuilder } from './rollout-builder.ts'

/** The instant of every snapshot, unless it says another. */
export const noon = Date.parse('2026-01-01T12:00:00Z')

/** RFC 3339 of an instant `seconds` before or after {@link noon}. */
export const at = (seconds: number): string => `${new Date(noon + seconds * 1000).toISOString().slice(0, 19)}Z`

/** A Rollout as a server has stored it. */
export const storedRollout = (builder: RolloutBuilder, status?: RolloutStatus, generation = 2): Rollout => {
  const { metadata, spec } = builder.build()
  const { name = 'web', namespace = 'default', labels, annotations } = metadata
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: {
      name,
      namespace,
      uid: `uid-of-${name}`,
      resourceVersion: '100',
      generation,
      creationTimestamp: at(-86_400),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
    spec,
    ...(status && { status }),
  }
}

/** Hash of the pod template of a Rollout. */
export const hashOf = (builder: RolloutBuilder): string => podTemplateHash(builder.build().spec.template)

/** What a ReplicaSet of a test may be; what is not said follows from `pods`. */
export interface ReplicaSetParts {
  readonly revision: number
  /** Pods it should have, has, and has available. */
  readonly pods?: number
  readonly desired?: number
  readonly created?: number
  readonly available?: number
  readonly annotations?: Readonly<Record<string, string>>
  /** Value of the annotation desired-replicas; spec.replicas of the Rollout unless told. */
  readonly wanted?: number
  readonly conditions?: NonNullable<ReplicaSet['status']>['conditions']
}

/** The ReplicaSet that a Rollout has made of its template; later revisions are younger. */
export const aReplicaSet = (builder: RolloutBuilder, parts: ReplicaSetParts): ReplicaSet => {
  const { metadata, spec } = storedRollout(builder)
  const { revision, pods = 0, desired = pods, created = pods, available = pods, annotations, conditions } = parts
  const hash = hashOf(builder)
  const labels = { ...spec.template?.metadata?.labels, [podTemplateHashLabel]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${hash}`,
      namespace: 'default',
      uid: `uid-of-${metadata.name}-${hash}`,
      resourceVersion: '50',
      generation: 3,
      creationTimestamp: at(-3600 + revision),
      labels,
      annotations: {
        [revisionAnnotation]: String(revision),
        [desiredReplicasAnnotation]: String(parts.wanted ?? spec.replicas ?? 1),
        ...annotations,
      },
      ownerReferences: [
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Rollout',
          name: metadata.name,
          uid: metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas: desired,
      selector: { matchLabels: labels },
      template: { ...spec.template, metadata: { ...spec.template?.metadata, labels } },
    },
    status: {
      replicas: created,
      readyReplicas: available,
      availableReplicas: available,
      observedGeneration: 3,
      ...(conditions && { conditions }),
    },
  }
}

/** A Service whose selector a Rollout sets, pointing at a revision. */
export const managedService = (name: string, hash: string, owner = 'web'): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-of-${name}`,
    resourceVersion: '60',
    creationTimestamp: at(-3600),
    annotations: { [managedByAnnotation]: owner },
  },
  spec: { selector: { app: owner, [podTemplateHashLabel]: hash } },
})

/** A Service that nobody manages yet. */
export const plainService = (name: string, app = 'web'): Service => {
  const { metadata, ...service } = managedService(name, '', app)
  const { annotations: _, ...rest } = metadata
  return { ...service, metadata: rest, spec: { selector: { app } } }
}

/** A router of a test: it has certain weights in force, and verifies as told. */
export const aRouter = (inForce: number | undefined, state: Verification['state'] = 'not-verifiable'): BoundRouter => ({
  name: 'test',
  abilities: [],
  leave: () => [],
  verifyLeft: () => ({ state: 'not-verifiable' }),
  resources: [],
  consults: [],
  refs: () => [],
  validate: () => [],
  desire: (intent: TrafficIntent) =>
    intent.canary.weight === inForce
      ? []
      : [
          {
            type: 'patch',
            ref: {
              resource: { group: 'test', version: 'v1', kind: 'Route', plural: 'routes', namespaced: true },
              namespace: 'default',
              name: 'web',
            },
            patch: { spec: { canary: intent.canary.weight, stable: intent.stable.weight } },
            why: `weight ${intent.canary.weight}`,
          },
        ],
  verify: () => (state === 'pending' ? { state, why: 'not yet' } : { state }),
})

/** A snapshot of what is said, and nothing else. */
export const aSnapshot = (parts: {
  readonly rollout: DeepReadonly<Rollout>
  readonly replicaSets?: readonly ReplicaSet[]
  readonly orphans?: readonly ReplicaSet[]
  readonly services?: readonly Service[]
  readonly formerServices?: readonly Service[]
  readonly pods?: readonly ObservedPod[]
  readonly workload?: BoundWorkload
  readonly analysisRuns?: readonly AnalysisRun[]
  readonly experiments?: readonly Experiment[]
  readonly templates?: readonly NamedTemplate[]
  readonly routers?: readonly BoundRouter[]
  readonly formerRouting?: FormerRouting
  readonly now?: number
  readonly faults?: Snapshot['faults']
  readonly plugins?: Snapshot['plugins']
  readonly routerReplies?: Snapshot['routerReplies']
  readonly stepPlugin?: Snapshot['stepPlugin']
  readonly known?: Snapshot['known']
  readonly rivals?: Snapshot['rivals']
  readonly routingMemory?: Snapshot['routingMemory']
  readonly instanceId?: string
}): Snapshot => ({
  now: parts.now ?? noon,
  rollout: parts.rollout,
  faults: parts.faults ?? [],
  replicaSets: parts.replicaSets ?? [],
  orphans: parts.orphans ?? [],
  services: new Map((parts.services ?? []).map((service) => [service.metadata.name, service])),
  formerServices: parts.formerServices ?? [],
  workload: parts.workload,
  pods: parts.pods,
  analysisRuns: parts.analysisRuns ?? [],
  experiments: parts.experiments ?? [],
  templates: {
    template: (name) => parts.templates?.find(({ metadata }) => metadata.name === name),
    clusterTemplate: () => undefined,
  },
  routers: parts.routers ?? [],
  formerRouting: parts.formerRouting,
  known: parts.known ?? { get: () => undefined, list: () => [] },
  rivals: parts.rivals ?? [],
  routingMemory: parts.routingMemory ?? noRoutingMemory,
  fieldManager: 'rollouts-controller',
  plugins: parts.plugins ?? new PluginDirectory(undefined, 'argo-rollouts/argo-rollouts-config'),
  routerReplies: parts.routerReplies ?? new Map(),
  stepPlugin: parts.stepPlugin,
  instanceId: parts.instanceId ?? '',
})

/** The status of a Rollout that runs `builder` as its stable version, whole and healthy. */
export const healthyStatus = (builder: RolloutBuilder, over: Partial<RolloutStatus> = {}): RolloutStatus => {
  const { spec } = storedRollout(builder)
  const replicas = spec.replicas ?? 1
  const steps = spec.strategy?.canary?.steps
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    reason,
    message,
    lastUpdateTime: at(-600),
    lastTransitionTime: at(-600),
  })
  return {
    canary: {},
    blueGreen: {},
    conditions: [
      condition('Available', 'AvailableReason', 'Rollout has minimum availability'),
      condition('Completed', 'RolloutCompleted', 'RolloutCompleted'),
      condition('Healthy', 'RolloutHealthy', 'Rollout is healthy'),
      condition('Progressing', 'NewReplicaSetAvailable', 'ReplicaSet "web" has successfully progressed.'),
    ],
    currentPodHash: hashOf(builder),
    stableRS: hashOf(builder),
    currentStepHash: stepsHash(steps),
    ...(steps !== undefined && { currentStepIndex: steps.length }),
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    HPAReplicas: replicas,
    selector: 'app=web',
    observedGeneration: '2',
    phase: 'Healthy',
    ...over,
  }
}

/** The status in the middle of a release from `stable` to `next`. */
export const releasingStatus = (
  stable: RolloutBuilder,
  next: RolloutBuilder,
  over: Partial<RolloutStatus> = {},
): RolloutStatus => ({
  ...healthyStatus(stable),
  currentPodHash: hashOf(next),
  currentStepHash: stepsHash(next.build().spec.strategy?.canary?.steps),
  currentStepIndex: 0,
  phase: 'Progressing',
  conditions: [
    {
      type: 'Progressing',
      status: 'True',
      reason: 'ReplicaSetUpdated',
      message: 'ReplicaSet "web" is progressing.',
      lastUpdateTime: at(-5),
      lastTransitionTime: at(-60),
    },
    {
      type: 'Completed',
      status: 'False',
      reason: 'RolloutCompleted',
      message: 'RolloutCompleted',
      lastUpdateTime: at(-60),
      lastTransitionTime: at(-60),
    },
  ],
  ...over,
})

/** The effects of a plan in a few words each: what kind, on what. */
export const effectsOf = (plan: Plan): readonly string[] => plan.effects.map(({ type, key }) => `${type} ${key}`)

/** The events of a plan as people read them. */
export const eventsOf = (plan: Plan): readonly string[] =>
  plan.announcements.map(({ event }) => `${event.reason}: ${event.message}`)

/** The sizes that a plan gives, by name. */
export const sizesOf = (plan: Plan): Readonly<Record<string, number>> =>
  Object.fromEntries(
    plan.effects
      .flatMap((effect) => {
        if (effect.type === 'createReplicaSet') return [[effect.key, replicasIn(effect.object)] as const]
        if (effect.type !== 'updateReplicaSet') return []
        const replicas = replicasIn(effect.patch)
        return replicas === undefined ? [] : [[effect.key, replicas] as const]
      })
      .map(([key, replicas]) => [key.slice('replicaset/'.length), replicas ?? 0]),
  )

const replicasIn = (object: object): number | undefined => {
  const spec: unknown = 'spec' in object ? object.spec : undefined
  if (typeof spec !== 'object' || spec === null || !('replicas' in spec)) return undefined
  return typeof spec.replicas === 'number' ? spec.replicas : undefined
}

/** Status and reason of a condition: `True RolloutHealthy`. */
export const conditionIn = (status: Plan['status'], type: string): string | undefined => {
  const found = status.conditions?.find((condition) => condition.type === type)
  return found && `${found.status} ${found.reason}`
}
