import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { z } from 'zod'

import { useCluster } from './cluster.ts'
import { aService } from './manifest.ts'
import { serviceSchema } from './objects.ts'
import { openTrack } from './track.ts'

describe('a track', () => {
  it('has every state of its objects, in order, and tells of the one that is waited for', async () => {
    const { plane, createNamespace } = await useCluster()
    await createNamespace('track')
    const path = '/api/v1/namespaces/track/services'
    const track = await openTrack(plane.api, path, serviceSchema)
    const second = track.next(({ spec }) => spec.selector.version === '2')
    await plane.api.post(path, aService('shop'), z.object({}))
    for (const version of ['1', '2', '3']) await plane.api.patch(`${path}/shop`, { spec: { selector: { version } } })
    assert.equal((await second).metadata.name, 'shop')
    await track.first(({ spec }) => spec.selector.version === '3')
    track.close()
    assert.deepEqual(
      track.states().map(({ spec }) => spec.selector.version),
      [undefined, '1', '2', '3'],
    )
  })
})
