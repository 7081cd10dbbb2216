import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { dashboardFiles, dashboards } from '../../scripts/generate/dashboards/files.ts'
import { promqlFault } from '../../src/api/validation/promql.ts'
import { expectKnownMetrics } from './metrics-in-queries.ts'

const folder = new URL('../../charts/crossfade/dashboards/', import.meta.url)

test('the dashboards are those of the sources (after a change: npm run generate)', () => {
  const files = dashboardFiles()
  assert.deepEqual(readdirSync(folder).toSorted(), [...files.keys()].toSorted())
  for (const [name, text] of files) assert.ok(readFileSync(new URL(name, folder), 'utf8') === text, name)
})

for (const { title, rows, variables } of dashboards) {
  describe(title, () => {
    for (const panel of rows.flatMap(({ panels }) => panels)) {
      test(`${panel.title}: asks for metrics and labels that the controller has`, () => {
        for (const { promql } of panel.queries) {
          assert.equal(promqlFault(promql), undefined, promql)
          expectKnownMetrics(promql)
        }
      })
    }

    test('each variable that a query names can be chosen', () => {
      const named = JSON.stringify(rows).matchAll(/\$([a-z]+)/g)
      const known = variables.map(({ name }) => name)
      for (const [, name = ''] of named) assert.ok(known.includes(name), name)
    })
  })
}
