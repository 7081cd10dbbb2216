import { type Cluster, useCluster } from './cluster.ts'
import { HarnessError } from './errors.ts'
import { type Installation, useInstallation } from './installation.ts'
import type { RunningProcess } from './process.ts'
import { openShop, type Shop } from './release.ts'
import { openScene, type Scene } from './scene.ts'
import type { Variant } from './variants.ts'

/** What a story needs from its beginning to its end: the cluster, controllers of its own, shops of its own. */
export interface Story {
  readonly cluster: Cluster
  readonly installation: Installation
  /** @throws HarnessError when it does not become ready */
  startController(name?: string, flags?: readonly string[]): Promise<void>
  /** SIGKILL: it can neither finish nor say goodbye. */
  killController(name?: string): Promise<void>
  /** Opens a shop in a namespace named after the story, the variant and `detail`. */
  openShop(variant: Variant, detail?: string): Promise<Shop>
  /** Opens an empty namespace named after the story and `detail`, for a Rollout named `shop` unless told otherwise. */
  openScene(detail: string, rollout?: string): Promise<Scene>
  /** Looks at the namespace of a shop. */
  sceneOf(shop: Shop): Promise<Scene>
  /** Has something closed when the story ends, however it ends. */
  atEnd(close: () => void | Promise<void>): void
  /** Closes what was opened, and fails when the API server has refused anything to the controllers of this story. */
  end(): Promise<void>
}

/**
 * Begins a story on the cluster of this process.
 * @throws HarnessError when the cluster or the product's manifests cannot be set up
 */
export async function tellStory(letter: string): Promise<Story> {
  const cluster = await useCluster()
  const installation = await useInstallation(cluster)
  const since = await cluster.plane.audit.mark()
  const controllers = new Map<string, RunningProcess>()
  const open: { close(): void | Promise<void> }[] = []
  const look = async (namespace: string, rollout?: string): Promise<Scene> => {
    const scene = await openScene(cluster, namespace, rollout)
    open.push(scene)
    return scene
  }
  return {
    cluster,
    installation,
    async startController(name = 'controller', flags) {
      controllers.set(name, await installation.startController(`${letter}-${name}`, flags))
    },
    async killController(name = 'controller') {
      const controller = controllers.get(name)
      if (controller === undefined) throw new HarnessError(`killing ${name}: no such controller in story ${letter}`)
      await controller.stop('SIGKILL')
      controllers.delete(name)
    },
    async openShop(variant, detail) {
      const name = ['story', letter, variant.name, detail].filter((part) => part !== undefined).join('-')
      const shop = await openShop(cluster, name, variant)
      open.push(shop)
      return shop
    },
    async openScene(detail, rollout) {
      const namespace = `story-${letter}-${detail}`
      await cluster.createNamespace(namespace)
      return look(namespace, rollout)
    },
    sceneOf: ({ namespace }) => look(namespace),
    atEnd: (close) => {
      open.push({ close })
    },
    async end() {
      await Promise.all(open.map((each) => each.close()))
      await Promise.all([...controllers.values()].map((controller) => controller.stop()))
      await installation.expectNothingForbidden(since)
    },
  }
}
