import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { providerPage } from '../../../scripts/generate/provider-table.ts'
import { providerDescriptions } from '../../../src/providers/descriptions.ts'
import { providers } from '../../../src/providers/registry.ts'
import { heldContracts } from './contracts/all.ts'
import { otherTests } from './contracts/other-tests.ts'

const root = join(import.meta.dirname, '../../..')

describe('the page of metric providers', () => {
  it('is what the registry and the tests say of themselves (npm run generate writes it)', () => {
    assert.equal(readFileSync(join(root, 'docs/providers.md'), 'utf8'), providerPage())
  })

  it('has every provider of the API, and each of them is held to the contract', () => {
    assert.deepEqual(providers.map(({ name }) => name).sort(), Object.keys(providerDescriptions).sort())
    const tested = new Set(heldContracts.map(({ name }) => name))
    assert.deepEqual(
      providers.filter(({ name }) => !tested.has(name)),
      [],
    )
  })

  it('names tests that are there', () => {
    const paths = Object.values(otherTests).flat()
    assert.deepEqual(
      paths.filter((path) => !existsSync(join(root, 'test', path))),
      [],
    )
  })
})
