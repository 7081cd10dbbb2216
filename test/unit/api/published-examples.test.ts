import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { parseAnalysisRun, parseAnalysisRunManifest } from '../../../src/api/analysis-run.ts'
import {
  parseAnalysisTemplateManifest,
  parseClusterAnalysisTemplateManifest,
} from '../../../src/api/analysis-template.ts'
import { parseExperimentManifest } from '../../../src/api/experiment.ts'
import { formatFieldError } from '../../../src/api/field-error.ts'
import type { Parsed } from '../../../src/api/parse.ts'
import { parseRollout, parseRolloutManifest } from '../../../src/api/rollout.ts'
import type { Json } from '../../../src/lib/json.ts'
import { parseYamlDocuments } from '../../../src/lib/yaml.ts'

const repository = join(import.meta.dirname, '../../..')
const folder = process.env.CROSSFADE_EXAMPLES ?? join(repository, '../shared/reference/examples')
const states = process.env.CROSSFADE_ADOPTED_STATES ?? join(repository, '../shared/reference/adopted-states')

const parsers: Readonly<Record<string, (raw: unknown) => Parsed<unknown>>> = {
  Rollout: parseRolloutManifest,
  AnalysisTemplate: parseAnalysisTemplateManifest,
  ClusterAnalysisTemplate: parseClusterAnalysisTemplateManifest,
  AnalysisRun: parseAnalysisRunManifest,
  Experiment: parseExperimentManifest,
}

const storedParsers: Readonly<Record<string, (raw: unknown) => Parsed<unknown>>> = {
  Rollout: parseRollout,
  AnalysisRun: parseAnalysisRun,
}

const objectList = z.object({ items: z.array(z.looseObject({ kind: z.string() })) })

/** No YAML, to kubectl neither: a Helm template, or an argument that was not quoted. */
const isTemplate = (text: string): boolean => /^\s*({{|[\w./-]+: {{)/m.test(text)

const kindOf = (document: Json): string =>
  document !== null &&
  typeof document === 'object' &&
  !Array.isArray(document) &&
  document.apiVersion === 'argoproj.io/v1alpha1'
    ? String(document.kind)
    : ''

const absent = (path: string, variable: string): string | false =>
  existsSync(path) ? false : `no folder ${relative(repository, path)}; set ${variable} to one`

test('the published examples have the shape of their kind', { skip: absent(folder, 'CROSSFADE_EXAMPLES') }, () => {
  const texts = globSync('**/*.yaml', { cwd: folder }).map(
    (file) => [file, readFileSync(join(folder, file), 'utf8')] as const,
  )
  const documents = texts
    .filter(([, text]) => !isTemplate(text))
    .flatMap(([file, text]) => parseYamlDocuments(text).map((document) => ({ file, document, kind: kindOf(document) })))
  const faults = documents.flatMap(({ file, document, kind }) => {
    const parsed = parsers[kind]?.(document)
    return parsed === undefined || parsed.ok ? [] : parsed.errors.map((error) => `${file}: ${formatFieldError(error)}`)
  })
  assert.deepEqual(faults, [])
  assert.ok(documents.filter(({ kind }) => parsers[kind] !== undefined).length > 20)
})

test('what the published controller stored is read as it is', {
  skip: absent(states, 'CROSSFADE_ADOPTED_STATES'),
}, () => {
  const lists = globSync('*.json', { cwd: states }).map((file) =>
    objectList.parse(JSON.parse(readFileSync(join(states, file), 'utf8'))),
  )
  const ours = lists.flatMap(({ items }) => items).filter(({ kind }) => storedParsers[kind] !== undefined)
  for (const object of ours) {
    const parsed = storedParsers[object.kind]?.(object)
    assert.deepEqual(parsed, { ok: true, value: object })
  }
  assert.ok(ours.length > 5)
})
