import { KubeError } from '../../src/kube/errors.ts'
import type { StoredObject } from '../../src/kube/informer.ts'
import type { Resource } from '../../src/kube/resource.ts'
import type { SecretData } from '../../src/providers/secret-access.ts'

/** A client of a cluster that has these Secrets, by `namespace/name`, and nothing else. Values are given decoded. */
export const secretClient = (secrets: Readonly<Record<string, SecretData>>) => ({
  get: async (_: Resource, at: { readonly namespace?: string | undefined; readonly name: string }) => {
    const data = secrets[`${at.namespace}/${at.name}`]
    if (data === undefined) {
      throw new KubeError({ code: 404, reason: 'NotFound', message: 'gone' }, { method: 'GET', path: '/' })
    }
    const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
    const secret: StoredObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: at.name, uid: 'u', resourceVersion: '1' },
      data: Object.fromEntries(encoded),
    }
    return secret
  },
})
