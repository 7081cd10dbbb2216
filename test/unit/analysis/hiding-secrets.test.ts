import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hidingSecrets } from '../../../src/analysis/hiding-secrets.ts'

const account = { token: 's3cret-token', address: 'https://metrics.test' }
const read = async () => account

describe('the secrets of a measurement', () => {
  it('are hidden from when they were read, but for keys that may be shown', async () => {
    const { access, redact } = hidingSecrets(read, [])
    const text = 'https://metrics.test refused s3cret-token'
    assert.equal(redact(text), text)
    assert.deepEqual(await access.read('shop', 'metrics', ['address']), account)
    assert.equal(redact(text), 'https://metrics.test refused *****')
  })

  it('are all hidden where nothing is said of keys', async () => {
    const { access, redact } = hidingSecrets(read, [])
    await access.read('shop', 'metrics')
    assert.equal(redact('https://metrics.test refused s3cret-token'), '***** refused *****')
  })

  it('are also those of arguments, and tokens that were issued', () => {
    const { access, redact } = hidingSecrets(read, ['an-argument'])
    access.hide('issued-token')
    assert.equal(redact('an-argument, issued-token'), '*****, *****')
  })

  it('leave a failure to read as it is', async () => {
    const { access } = hidingSecrets(() => Promise.reject(new Error('secrets "a" not found')), [])
    await assert.rejects(access.read('shop', 'a'), { message: 'secrets "a" not found' })
  })
})
