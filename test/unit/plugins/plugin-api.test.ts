import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { pluginApi } from '../../../scripts/generate/plugin-api.ts'

it('docs/plugin-api.yaml is what the schemas of the contract say (npm run generate writes it)', () => {
  assert.equal(readFileSync(join(import.meta.dirname, '../../../docs/plugin-api.yaml'), 'utf8'), pluginApi())
})
