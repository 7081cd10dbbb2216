import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { logPage } from '../../../scripts/generate/log-page.ts'
import { logVocabulary } from '../../../scripts/generate/log-vocabulary.ts'

const root = join(import.meta.dirname, '../../..')

/** What runs as the controller: the plugin and the demo have readers of their own. */
const sources = globSync('src/**/*.ts', { cwd: root }).filter(
  (file) => !/^src\/(cli|demo|dashboard|sandbox|view|telemetry\/logger)/.test(file),
)

const call = /\b(?:log|logger|#log)\??\.(debug|info|warn|error)\(\s*(?:'([^']*)'|(\S[^\n]{0,60}))/g

const logged = sources.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(call)].map(([, level = '', message, other = '']) => ({ file, level, message, other }))
})

describe('the log of the controller', () => {
  it('has constants for messages, each of them in the vocabulary (scripts/generate/log-vocabulary.ts)', () => {
    const strange = logged.filter(
      ({ message, level }) => message === undefined || logVocabulary[message]?.level !== level,
    )
    assert.deepEqual(strange, [])
  })

  it('says all that the vocabulary has', () => {
    const said = new Set(logged.map(({ message }) => message))
    assert.deepEqual(
      Object.keys(logVocabulary).filter((message) => !said.has(message)),
      [],
    )
  })

  it('is told by docs/logs.md (npm run generate writes it)', () => {
    assert.equal(readFileSync(join(root, 'docs/logs.md'), 'utf8'), logPage())
  })
})
