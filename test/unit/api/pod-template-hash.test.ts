import assert from 'node:assert/strict'
import { test } from 'node:test'
import { podTemplateHash, stepsHash } from '../../../src/api/pod-template-hash.ts'

const template = (image = 'app:1') => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image, resources: { limits: { cpu: '1000m' } } }] },
})

test('the same template has the same hash whatever the order of its keys and the spelling of its amounts', () => {
  const reordered = {
    spec: { containers: [{ resources: { limits: { cpu: '1' } }, image: 'app:1', name: 'main' }] },
    metadata: { creationTimestamp: null, labels: { app: 'web' } },
  }
  assert.equal(podTemplateHash(reordered), podTemplateHash(template()))
})

test('another image is another hash', () => {
  assert.notEqual(podTemplateHash(template('app:2')), podTemplateHash(template()))
})

test('a collision count makes another hash, also a count of 0', () => {
  const hashes = [undefined, 0, 1, 256].map((count) => podTemplateHash(template(), count))
  assert.equal(new Set(hashes).size, hashes.length)
})

test('a hash spells no word and fits a label', () => {
  assert.match(podTemplateHash(template()), /^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/)
})

test('steps that mean the same hash the same, and absent steps differ from none', () => {
  assert.equal(stepsHash([{ setWeight: 20, pause: undefined }]), stepsHash([{ setWeight: 20 }]))
  assert.notEqual(stepsHash(undefined), stepsHash([]))
  assert.notEqual(stepsHash([{ pause: {} }, { setWeight: 20 }]), stepsHash([{ setWeight: 20 }, { pause: {} }]))
})
