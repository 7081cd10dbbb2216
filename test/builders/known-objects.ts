import type { StoredObject } from '../../src/kube/informer.ts'
import type { Resource } from '../../src/kube/resource.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import type { KnownObjects, ObjectRef } from '../../src/routers/router.ts'

/** An object as a test writes it: what the server adds is filled in. */
export type WrittenObject = {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

const stored = (object: WrittenObject): StoredObject => ({
  ...structuredClone(object as unknown as JsonObject),
  metadata: { namespace: 'default', uid: `uid-of-${object.metadata.name}`, resourceVersion: '7', ...object.metadata },
})

const isIn = (object: StoredObject, resource: Resource, namespace: string): boolean =>
  object.kind === resource.kind && object.metadata.namespace === namespace

/** Caches that hold just these objects, in namespace `default` unless they name one. */
export const knownObjects = (...written: WrittenObject[]): KnownObjects => {
  const objects = written.map(stored)
  return {
    get: ({ resource, namespace, name }: ObjectRef) =>
      objects.find((object) => isIn(object, resource, namespace) && object.metadata.name === name),
    list: (resource, namespace) => objects.filter((object) => isIn(object, resource, namespace)),
  }
}
