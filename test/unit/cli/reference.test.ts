import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { cliReference } from '../../../scripts/generate/cli-reference.ts'

it('docs/cli.md is what the commands say of themselves (npm run generate writes it)', () => {
  assert.equal(readFileSync(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8'), cliReference())
})
