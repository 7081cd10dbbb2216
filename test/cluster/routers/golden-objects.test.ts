import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'

import { z } from 'zod'

import { pathOf, type Resource } from '../../../src/kube/resource.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { isJsonObject, objectOr } from '../../../src/lib/json-value.ts'
import type { ObjectRef, ObjectWrite } from '../../../src/routers/router.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { type GoldenStage, intentOf, type RouterGolden, routerGoldens, routerOf } from '../../builders/router-golden.ts'
import { ApiError } from '../harness/api-client.ts'
import { useCluster } from '../harness/cluster.ts'
import type { ControlPlane } from '../harness/control-plane.ts'
import { kubectl } from '../harness/kubectl.ts'
import { installProduct, routerProducts } from './products.ts'

type StoredObject = JsonObject & WrittenObject

const stored = z.custom<StoredObject>(isJsonObject)

const namespaceOf = ({ metadata }: WrittenObject): string => metadata.namespace ?? 'default'

const nameOf = (object: WrittenObject): string => `${object.kind}/${namespaceOf(object)}/${object.metadata.name}`

/** The objects of a golden file on the real API server, seen through the references of its router. */
class Stage {
  readonly #plane: ControlPlane
  readonly #golden: RouterGolden

  constructor(plane: ControlPlane, golden: RouterGolden) {
    this.#plane = plane
    this.#golden = golden
  }

  /** Creates the objects as their owners would: an unknown field is refused, not dropped. */
  async begin(): Promise<void> {
    for (const namespace of new Set(this.#golden.objects.map(namespaceOf))) {
      const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
      await kubectl(this.#plane, ['apply', '--server-side', '-f', '-'], manifest)
    }
    const items = this.#golden.objects
    // Other files have objects of these names too, and made some.
    const made = this.#golden.stages.flatMap(({ after = [] }) => after)
    const all = new Map([...items, ...made].map((object) => [nameOf(object), object] as const))
    await kubectl(this.#plane, ['delete', '--ignore-not-found', '-f', '-'], this.#list([...all.values()]))
    await kubectl(this.#plane, ['apply', '--server-side', '--validate=strict', '-f', '-'], this.#list(items))
  }

  #list(items: readonly JsonObject[]): string {
    return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  }

  /** What is there of an object; undefined when it is not. */
  async get({ resource, namespace, name }: ObjectRef): Promise<StoredObject | undefined> {
    try {
      return await this.#plane.api.get(pathOf(resource, { namespace, name }), stored)
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined
      throw error
    }
  }

  async objects(): Promise<readonly StoredObject[]> {
    const refs = routerOf(this.#golden).refs(knownObjects(...this.#golden.objects))
    const found = await Promise.all(refs.map((ref) => this.get(ref)))
    return found.filter((object) => object !== undefined)
  }

  async write(write: ObjectWrite): Promise<void> {
    const { resource, namespace, name } = write.ref
    const path = pathOf(resource, { namespace, name })
    if (write.type === 'patch') await this.#plane.api.patch(`${path}?fieldValidation=Strict`, write.patch)
    else if (write.type === 'create') await this.#create(resource, namespace, write.object)
    else await kubectl(this.#plane, ['delete', '--raw', path])
  }

  async #create(resource: Resource, namespace: string, object: JsonObject): Promise<void> {
    await this.#plane.api.post(`${pathOf(resource, { namespace })}?fieldValidation=Strict`, object, stored)
  }

  /** What the router does about an intent, each pass seeing what the API server made of the one before. */
  async settle(asked: GoldenStage): Promise<readonly StoredObject[]> {
    const router = routerOf(this.#golden, asked)
    for (let pass = 0; pass < 10; pass++) {
      const objects = await this.objects()
      const writes = router.desire(intentOf(this.#golden, asked), knownObjects(...objects))
      if (writes.length === 0) return objects
      for (const write of writes) await this.write(write)
    }
    throw new Error(`${asked.name}: the router writes the same again and again: the API server keeps something else`)
  }
}

/** Everything of an object that a person or a router has written. */
const essence = (object: JsonObject | undefined): unknown => {
  const { labels = {}, annotations = {} } = objectOr(object?.metadata)
  return { spec: object?.spec, labels, annotations }
}

for (const product of routerProducts) {
  describe(`the CRDs of ${product.name}`, () => {
    before(async () => {
      const { plane } = await useCluster()
      await installProduct(plane, product)
    })

    const goldens = routerGoldens(`${product.name}-`)
    assert.ok(goldens.length > 0, `there is no golden file of ${product.name}`)

    for (const golden of goldens) {
      it(`keep all that is written in ${golden.about}`, async () => {
        const { plane } = await useCluster()
        const stage = new Stage(plane, golden)
        await stage.begin()
        const expected = new Map(golden.objects.map((object) => [nameOf(object), object] as const))
        for (const asked of golden.stages) {
          for (const object of asked.after ?? []) expected.set(nameOf(object), object)
          for (const object of await stage.settle(asked)) {
            assert.deepEqual(essence(object), essence(expected.get(nameOf(object))), `${asked.name}: ${nameOf(object)}`)
          }
        }
      })
    }
  })
}
