import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')

/** All fast tests run in one process, where a hook outside of a `describe` would run for the tests of every other file too. */
test('no hook is set up outside of a describe', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.ts'))
  const wrong = files.filter((path) => /^(?:before|after)(?:Each)?\(/m.test(readFileSync(join(root, path), 'utf8')))
  assert.deepEqual(wrong, [])
})
