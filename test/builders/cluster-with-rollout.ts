import { podTemplateHashLabel, revisionAnnotation } from '../../src/api/labels.ts'
import { replicaSets, rollouts } from '../../src/api/resources.ts'
import type { Rollout } from '../../src/api/rollout.ts'
import type { RolloutStatus } from '../../src/api/rollout-status.ts'
import type { Transport } from '../../src/kube/transport.ts'
import type { DeepReadonly, JsonObject } from '../../src/lib/json.ts'
import { cloneJson } from '../../src/lib/json-value.ts'
import { productCrds, routingCrds } from '../../src/sandbox/crds.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { aRollout, pause, type RolloutBuilder, setWeight } from './rollout-builder.ts'

/** Reading the CRDs takes longer than most tests. */
const crds = [...productCrds(), ...routingCrds]

const user = 'test'

/** The Rollout that {@link ClusterWithRollout} begins with: three steps, two containers. */
const web = aRollout('web')
  .withReplicas(4)
  .withSteps(setWeight(25), pause(), setWeight(50))
  .withSpec({
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          { name: 'main', image: 'web:1' },
          { name: 'sidecar', image: 'sidecar:1' },
        ],
      },
    },
  })

/** Whatever a test states may have members that are undefined: on the wire they vanish. */
const asJson = (value: object): JsonObject => cloneJson<object>(value) as JsonObject

/** A sandbox with a Rollout `web` and no controller: its status is what a test says. */
export class ClusterWithRollout {
  readonly sandbox: Sandbox = createSandbox({ crds })
  readonly transport: Transport = this.sandbox.transport(user)

  constructor() {
    this.add(web)
  }

  /** Adds another Rollout. */
  add(builder: RolloutBuilder): void {
    this.sandbox.server.objects.create(rollouts, asJson(builder.build()))
  }

  rollout(name = 'web'): DeepReadonly<Rollout> {
    const found = this.sandbox.cluster.get('Rollout', { namespace: 'default', name })
    if (found === undefined) throw new Error(`there is no Rollout ${name}`)
    return found
  }

  /** Changes the Rollout as another client does, by a merge patch. */
  patch(patch: JsonObject, name = 'web'): void {
    this.sandbox.cluster.patch(user, 'Rollout', { namespace: 'default', name }, patch)
  }

  /** Sets members of the status as the controller does, for the spec as it is now. */
  setStatus(status: RolloutStatus, name = 'web'): void {
    const observedGeneration = String(this.rollout(name).metadata.generation)
    const patch = { status: { observedGeneration, ...asJson(status) } }
    this.sandbox.cluster.patch(user, 'Rollout', { namespace: 'default', name }, patch, 'status')
  }

  /** Adds the ReplicaSet of a revision, with all that a controller adds to the pods of one. */
  addRevision(revision: number, image: string, replicas = 0): void {
    const { metadata, spec } = this.rollout()
    const hash = `hash${revision}`
    const term = {
      labelSelector: { matchExpressions: [{ key: podTemplateHashLabel, operator: 'In', values: [hash] }] },
      topologyKey: 'kubernetes.io/hostname',
    }
    const containers = spec.template?.spec?.containers.map((one) => (one.name === 'main' ? { ...one, image } : one))
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
    const labels = { app: 'web', [podTemplateHashLabel]: hash }
    const owner = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      name: 'web',
      uid: metadata.uid,
      controller: true,
    }
    const replicaSet = {
      metadata: {
        name: `web-${hash}`,
        namespace: 'default',
        labels,
        annotations: { [revisionAnnotation]: String(revision) },
        ownerReferences: [owner],
      },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers, affinity } },
      },
    }
    this.sandbox.server.objects.create(replicaSets, asJson(replicaSet))
  }
}
