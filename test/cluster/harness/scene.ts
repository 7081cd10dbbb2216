import { z } from 'zod'

import { type Chronicle, openChronicle } from './chronicle.ts'
import type { Cluster } from './cluster.ts'
import { HarnessError } from './errors.ts'
import type { Manifest } from './manifest.ts'
import { type Pod, podSchema, type ReplicaSet, type Rollout, replicaSetSchema, rolloutSchema } from './objects.ts'
import { eventually } from './wait.ts'

/** A namespace with the objects of one story, and everything that happened to them since it was opened. */
export interface Scene {
  readonly namespace: string
  readonly chronicle: Chronicle
  /** Creates objects in their order; what they say of a namespace is replaced. @throws ApiError */
  create(...objects: readonly Manifest[]): Promise<void>
  /** A merge patch, of a subresource when one is named. @throws ApiError */
  patch(kind: string, name: string, patch: object, subresource?: string): Promise<void>
  /** Where an object is: `/apis/…/namespaces/…/rollouts/shop`. */
  pathOf(kind: string, name: string): string
  /** Where the objects of a kind are listed: `/apis/…/namespaces/…/rollouts`. */
  listOf(kind: string): string
  rollout(): Promise<Rollout>
  replicaSets(): Promise<readonly ReplicaSet[]>
  /** Those that nobody has asked to go. */
  pods(): Promise<readonly Pod[]>
  /** Waits for a phase that speaks of the present spec, with this message if one is given. @throws ExpectationError */
  untilPhase(phase: string, message?: string | RegExp): Promise<Rollout>
  /** Waits until the Rollout fits. @throws ExpectationError */
  untilRollout(what: string, fits: (rollout: Rollout) => boolean): Promise<Rollout>
  /** Waits for the sizes by image, wanted and available; those not named must be empty. @throws ExpectationError */
  untilSizes(wanted: Sizes): Promise<void>
  /** The same, whether pods are available or not. @throws ExpectationError */
  untilSizesWanted(wanted: Sizes): Promise<void>
  close(): void
}

/** Numbers of pods by image. */
type Sizes = Readonly<Record<string, number>>

const plurals: Readonly<Record<string, string>> = {
  AnalysisRun: 'apis/argoproj.io/v1alpha1/analysisruns',
  AnalysisTemplate: 'apis/argoproj.io/v1alpha1/analysistemplates',
  Deployment: 'apis/apps/v1/deployments',
  Event: 'api/v1/events',
  HTTPProxy: 'apis/projectcontour.io/v1/httpproxies',
  HTTPRoute: 'apis/gateway.networking.k8s.io/v1/httproutes',
  HorizontalPodAutoscaler: 'apis/autoscaling/v2/horizontalpodautoscalers',
  Ingress: 'apis/networking.k8s.io/v1/ingresses',
  IngressRoute: 'apis/traefik.io/v1alpha1/ingressroutes',
  Middleware: 'apis/traefik.io/v1alpha1/middlewares',
  Pod: 'api/v1/pods',
  ReplicaSet: 'apis/apps/v1/replicasets',
  Rollout: 'apis/argoproj.io/v1alpha1/rollouts',
  Secret: 'api/v1/secrets',
  Service: 'api/v1/services',
  TraefikService: 'apis/traefik.io/v1alpha1/traefikservices',
}

function collectionPath(namespace: string, kind: string): string {
  const found = plurals[kind]
  if (found === undefined) throw new HarnessError(`finding the path of a ${kind}: add it to the plurals in scene.ts`)
  const at = found.lastIndexOf('/')
  return `/${found.slice(0, at)}/namespaces/${namespace}${found.slice(at)}`
}

const patience = { timeout: 60_000, interval: 100 }

function matches(wanted: string | RegExp | undefined, text: string): boolean {
  return wanted === undefined || (typeof wanted === 'string' ? wanted === text : wanted.test(text))
}

function imageOf({ spec }: ReplicaSet): string {
  return spec.template.spec.containers[0]?.image ?? ''
}

/** Opens one in a namespace; `main` is the Rollout that it is about. @throws ApiError */
export async function openScene({ plane: { api } }: Cluster, namespace: string, main = 'shop'): Promise<Scene> {
  const pathOf = (kind: string, name: string): string => `${collectionPath(namespace, kind)}/${name}`
  const chronicle = await openChronicle(api, main, (kind) => collectionPath(namespace, kind))
  const rollout = (): Promise<Rollout> => api.get(pathOf('Rollout', main), rolloutSchema)
  const replicaSets = (): Promise<readonly ReplicaSet[]> =>
    api.list(collectionPath(namespace, 'ReplicaSet'), replicaSetSchema)
  const untilRollout = async (what: string, fits: (rollout: Rollout) => boolean): Promise<Rollout> => {
    const found = await eventually(
      `${namespace}: ${what}`,
      async () => {
        const found = await rollout()
        const observed = found.status.observedGeneration === String(found.metadata.generation)
        return observed && fits(found) ? { found } : { missing: JSON.stringify(found.status) }
      },
      patience,
    )
    // What is found here is to be read there too.
    const version = Number(found.metadata.resourceVersion)
    await chronicle.rollouts.first(({ metadata }) => Number(metadata.resourceVersion) >= version)
    return found
  }
  const untilSets = (wanted: Sizes, sizes: (set: ReplicaSet) => readonly number[]): Promise<void> =>
    eventually(
      `${namespace}: ReplicaSets ${JSON.stringify(wanted)}`,
      async () => {
        const sets = await replicaSets()
        const isThere = Object.keys(wanted).every((image) => sets.some((set) => imageOf(set) === image))
        const fits = sets.every((set) => sizes(set).every((size) => size === (wanted[imageOf(set)] ?? 0)))
        const text = sets.map((set) => `${imageOf(set)} ${set.spec.replicas}/${set.status.availableReplicas}`)
        return isThere && fits ? { found: undefined } : { missing: text.join(', ') }
      },
      patience,
    )
  return {
    namespace,
    chronicle,
    pathOf,
    listOf: (kind) => collectionPath(namespace, kind),
    rollout,
    replicaSets,
    untilRollout,
    async create(...objects) {
      for (const object of objects) {
        const body = { ...object, metadata: { ...object.metadata, namespace } }
        await api.post(collectionPath(namespace, object.kind), body, z.object({}))
      }
    },
    patch: (kind, name, patch, subresource) =>
      api.patch(subresource === undefined ? pathOf(kind, name) : `${pathOf(kind, name)}/${subresource}`, patch),
    async pods() {
      const pods = await api.list(collectionPath(namespace, 'Pod'), podSchema)
      return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    },
    untilPhase: (phase, message) =>
      untilRollout(`Rollout ${main} is ${phase}${message === undefined ? '' : ` (${message})`}`, ({ status }) => {
        return status.phase === phase && matches(message, status.message)
      }),
    untilSizes: (wanted) =>
      untilSets(wanted, ({ spec, status }) => [spec.replicas, status.replicas, status.availableReplicas]),
    untilSizesWanted: (wanted) => untilSets(wanted, ({ spec, status }) => [spec.replicas, status.replicas]),
    close: () => chronicle.close(),
  }
}
