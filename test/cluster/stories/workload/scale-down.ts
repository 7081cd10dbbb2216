import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { z } from 'zod'

import { type Manifest, podTemplate, toVersion } from '../../harness/manifest.ts'
import type { Scene } from '../../harness/scene.ts'
import type { Story } from '../../harness/story.ts'
import { eventually, throughout } from '../../harness/wait.ts'

const deployment: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'shop' } }, template: podTemplate('1.0') },
}

/** A Rollout of the Deployment's pods, with neither template nor selector of its own. */
const follower = (scaleDown: string): Manifest => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'shop' },
  spec: {
    replicas: 2,
    workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', scaleDown },
    strategy: { canary: { steps: [{ setWeight: 50 }, { pause: { duration: 1 } }] } },
  },
})

const deploymentSchema = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({ replicas: z.number() }),
})

const followerSchema = z.object({ status: z.object({ workloadObservedGeneration: z.string().default('') }) })

/** How each way of scaling the Deployment down goes through several revisions. `story` is there when the tests run. */
export function tellOfScaleDown(story: () => Story): void {
  describe('what becomes of a Deployment whose place a Rollout takes', { concurrency: true }, () => {
    const deploymentIn = (scene: Scene) =>
      story().cluster.plane.api.get(scene.pathOf('Deployment', 'shop'), deploymentSchema)

    const sizeIn = async (scene: Scene): Promise<number> => (await deploymentIn(scene)).spec.replicas

    /** The Deployment's ReplicaSets have no hash of a Rollout. */
    const untilReleased = async (scene: Scene, image: string, size: number): Promise<void> => {
      await eventually(
        `${scene.namespace}: the Rollout is Healthy with ${image}, and the Deployment has ${size}`,
        async () => {
          const { status, metadata } = await scene.rollout()
          const { metadata: told, spec } = await deploymentIn(scene)
          const { workloadObservedGeneration } = (
            await story().cluster.plane.api.get(scene.pathOf('Rollout', 'shop'), followerSchema)
          ).status
          const sets = await scene.replicaSets()
          const current = sets.find((set) => set.metadata.name === `shop-${status.stableRS}`)
          const isThere =
            status.phase === 'Healthy' &&
            status.stableRS === status.currentPodHash &&
            workloadObservedGeneration === String(told.generation) &&
            current?.spec.template.spec.containers[0]?.image === image &&
            current.status.availableReplicas === 2 &&
            spec.replicas === size
          return isThere
            ? { found: undefined }
            : { missing: JSON.stringify([metadata.generation, status, told, spec.replicas]) }
        },
        { timeout: 60_000 },
      )
    }

    const begin = async (scaleDown: string): Promise<Scene> => {
      const scene = await story().openScene(scaleDown)
      await scene.create(deployment)
      await scene.create(follower(scaleDown))
      return scene
    }

    it('never: it keeps its pods, in every revision', async () => {
      const scene = await begin('never')
      await untilReleased(scene, 'shop:1.0', 2)
      await scene.patch('Deployment', 'shop', toVersion('1.1'))
      await untilReleased(scene, 'shop:1.1', 2)
      await throughout(1000, async () => assert.equal(await sizeIn(scene), 2))
    })

    it('onsuccess: it goes when the Rollout is healthy, and again whoever scales it up, in every revision', async () => {
      const scene = await begin('onsuccess')
      await untilReleased(scene, 'shop:1.0', 0)
      // GitOps puts back what its manifest says.
      await scene.patch('Deployment', 'shop', { spec: { replicas: 2 } })
      await untilReleased(scene, 'shop:1.0', 0)
      for (const tag of ['1.1', '1.2']) {
        await scene.patch('Deployment', 'shop', { spec: { replicas: 2, template: podTemplate(tag) } })
        await untilReleased(scene, `shop:${tag}`, 0)
      }
      assert.equal((await scene.rollout()).metadata.annotations['rollout.argoproj.io/revision'], '3')
    })

    it('progressively: it gives way pod by pod, and again whoever scales it up, in every revision', async () => {
      const scene = await begin('progressively')
      await untilReleased(scene, 'shop:1.0', 0)
      await scene.patch('Deployment', 'shop', { spec: { replicas: 2 } })
      await untilReleased(scene, 'shop:1.0', 0)
      for (const tag of ['1.1', '1.2']) {
        await scene.patch('Deployment', 'shop', { spec: { replicas: 2, template: podTemplate(tag) } })
        await untilReleased(scene, `shop:${tag}`, 0)
      }
      assert.equal((await scene.rollout()).metadata.annotations['rollout.argoproj.io/revision'], '3')
    })
  })
}
