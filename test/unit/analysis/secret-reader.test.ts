import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readSecretKey, secretReader } from '../../../src/analysis/secret-reader.ts'
import { KubeError } from '../../../src/kube/errors.ts'

const call = { method: 'GET', path: '/api/v1/namespaces/shop/secrets/s' }
const metadata = { name: 's', namespace: 'shop', uid: 'u', resourceVersion: '1' }
const found = (data?: Record<string, string>) =>
  secretReader({ get: async () => ({ metadata, ...(data && { data }) }) })
const refused = (code: number) =>
  secretReader({
    get: async () => {
      throw new KubeError({ code, message: 'no' }, call)
    },
  })

describe('a key of a Secret', () => {
  const key = { name: 's', key: 'k' }

  it('is decoded', async () => assert.equal(await readSecretKey(found({ k: 'w6k=' }), 'shop', key), 'é'))

  const faults: readonly (readonly [string, ReturnType<typeof found>, string])[] = [
    ['that is missing is named', found({ other: 'eA==' }), "key 'k' does not exist in secret 's'"],
    ['of an empty Secret is named', found(), "key 'k' does not exist in secret 's'"],
    ['of a Secret that is missing is named', refused(404), 'secrets "s" not found'],
    [
      'that may not be read says what to do',
      refused(403),
      'reading the Secret s: the controller may not; check its RBAC',
    ],
    ['of a server in trouble says so', refused(500), 'reading the Secret s: GET /api/v1/namespaces/shop/secrets/s: no'],
  ]
  for (const [what, read, message] of faults) {
    it(what, () => assert.rejects(readSecretKey(read, 'shop', key), { message }))
  }
})
