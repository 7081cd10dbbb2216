import { after, before, describe, it } from 'node:test'

import { z } from 'zod'

import { kubectl } from '../harness/kubectl.ts'
import { podSchema } from '../harness/objects.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { eventually } from '../harness/wait.ts'
import { tellOfScaleDown } from './workload/scale-down.ts'

const namespace = 'story-w'

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop' },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: 'shop' } },
    template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [{ name: 'shop', image: 'shop:1.0' }] } },
  },
}

const rollout = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'shop' },
  spec: {
    replicas: 4,
    workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', scaleDown: 'progressively' },
    strategy: { canary: { maxSurge: 1, maxUnavailable: 0, steps: [{ setWeight: 25 }, { pause: { duration: 2 } }] } },
  },
}

const rolloutSchema = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }),
  status: z.object({ phase: z.string().default(''), workloadObservedGeneration: z.string().default('') }).prefault({}),
})

const deploymentSchema = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({ replicas: z.number() }),
})

describe('(w) a Rollout takes the place of a live Deployment', { concurrency: true }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('w')
    await story.startController()
    await story.cluster.createNamespace(namespace)
  })

  after(() => story.end())

  tellOfScaleDown(() => story)

  describe('with kubectl', { concurrency: false }, () => {
    const apply = (object: object): Promise<string> =>
      kubectl(story.cluster.plane, ['-n', namespace, 'apply', '-f', '-'], JSON.stringify(object))

    /** Ready pods by image; `deployment` and `rollout` tell whose they are. */
    const readyPods = async (): Promise<Readonly<Record<string, number>>> => {
      const pods = await story.cluster.plane.api.list(`/api/v1/namespaces/${namespace}/pods`, podSchema)
      const counts: Record<string, number> = {}
      for (const { metadata, spec, status } of pods) {
        if (!status.conditions.some(({ type, status: holds }) => type === 'Ready' && holds === 'True')) continue
        if (metadata.deletionTimestamp !== undefined) continue
        const owner = 'rollouts-pod-template-hash' in metadata.labels ? 'rollout' : 'deployment'
        const key = `${owner} ${spec.containers[0]?.image}`
        counts[key] = (counts[key] ?? 0) + 1
      }
      return counts
    }

    const untilPods = (wanted: Readonly<Record<string, number>>): Promise<void> =>
      eventually(
        `${namespace}: ready pods ${JSON.stringify(wanted)}`,
        async () => {
          const found = JSON.stringify(await readyPods())
          return found === JSON.stringify(wanted) ? { found: undefined } : { missing: found }
        },
        { timeout: 60_000 },
      )

    const untilSettled = (): Promise<void> =>
      eventually(
        `${namespace}: the Rollout is healthy, has observed the Deployment, and has drained it`,
        async () => {
          const { api } = story.cluster.plane
          const there = await api.get(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts/shop`, rolloutSchema)
          const drained = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/shop`, deploymentSchema)
          const { phase, workloadObservedGeneration } = there.status
          const generation = there.metadata.annotations['rollout.argoproj.io/workload-generation']
          const isObserved = [workloadObservedGeneration, generation].every(
            (observed) => observed === String(drained.metadata.generation),
          )
          return phase === 'Healthy' && isObserved && drained.spec.replicas === 0
            ? { found: undefined }
            : { missing: JSON.stringify([there.status, generation, drained]) }
        },
        { timeout: 60_000 },
      )

    it('pod by pod', async () => {
      await apply(deployment)
      await untilPods({ 'deployment shop:1.0': 4 })
      await apply(rollout)
      await untilPods({ 'rollout shop:1.0': 4 })
      await untilSettled()
    })

    it('and releases what is set on the Deployment, which somebody scales up again', async () => {
      const { plane } = story.cluster
      await kubectl(plane, ['-n', namespace, 'set', 'image', 'deployment/shop', 'shop=shop:1.1'])
      await kubectl(plane, ['-n', namespace, 'scale', 'deployment/shop', '--replicas=2'])
      await untilPods({ 'rollout shop:1.1': 4 })
      await untilSettled()
    })
  })
})
