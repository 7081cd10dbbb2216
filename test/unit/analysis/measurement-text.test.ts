import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shownOutcome, shownTexts } from '../../../src/analysis/measurement-text.ts'

const redact = (text: string): string => text.replaceAll('s3cret', '*****')
const long = 'x'.repeat(3_000_000)

describe('what a measurement shows', () => {
  it('holds no secret in value, message and metadata', () => {
    assert.deepEqual(
      shownOutcome(
        { phase: 'Failed', value: 'a s3cret', message: 's3cret!', metadata: { query: 'q(s3cret)' } },
        redact,
      ),
      { phase: 'Failed', value: 'a *****', message: '*****!', metadata: { query: 'q(*****)' } },
    )
  })

  it('keeps the names by which it is found again, though a short secret happens to be a part of them', () => {
    const hideZero = (text: string): string => text.replaceAll('0', '*****')
    const metadata = { 'job-name': 'e0cd.exits.1', query: 'q(0)' }
    const shown = shownOutcome({ phase: 'Running', message: '0', metadata }, hideZero, ['job-name'])
    assert.deepEqual(shown.metadata, { 'job-name': 'e0cd.exits.1', query: 'q(*****)' })
    assert.equal(shown.message, '*****')
  })

  it('is short enough for a server to store', () => {
    const { value = '', metadata } = shownOutcome({ phase: 'Failed', value: long, metadata: { groups: long } }, redact)
    assert.ok(value.length < 17_000 && (metadata?.groups?.length ?? 0) < 17_000)
    assert.match(value, /^x{1000,}… \(3000000 characters\)$/)
    assert.equal(shownTexts({ query: 'up' }, redact)?.query, 'up')
  })

  it('is cut between characters', () => {
    const { value = '' } = shownOutcome({ phase: 'Failed', value: `x${'😀'.repeat(10_000)}` }, redact)
    assert.ok(value.isWellFormed())
  })
})
