import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { sharesWithinSamplingError } from './sampling.ts'

const rounded = ({ from, to }: { from: number; to: number }): readonly number[] => [from, to].map((x) => +x.toFixed(3))

describe('the sampling error of a share', () => {
  it('is that of the binomial distribution', () => {
    assert.deepEqual(rounded(sharesWithinSamplingError(0.5, 500)), [0.412, 0.588])
    assert.deepEqual(rounded(sharesWithinSamplingError(0.2, 500)), [0.129, 0.271])
  })

  it('shrinks with the number of requests', () => {
    assert.deepEqual(rounded(sharesWithinSamplingError(0.2, 50_000)), [0.193, 0.207])
  })

  it('is none for all or nothing', () => {
    assert.deepEqual(sharesWithinSamplingError(0, 500), { from: 0, to: 0 })
    assert.deepEqual(sharesWithinSamplingError(1, 500), { from: 1, to: 1 })
  })

  it('ends at none and at all', () => {
    assert.deepEqual(sharesWithinSamplingError(0.01, 10).from, 0)
    assert.deepEqual(sharesWithinSamplingError(0.99, 10).to, 1)
  })
})
