import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { z } from 'zod'
import { parseYaml } from '../../src/lib/yaml.ts'
import { expectKnownMetrics } from './metrics-in-queries.ts'

const read = (path: string): unknown => parseYaml(readFileSync(new URL(path, import.meta.url), 'utf8'))

const alerts = z
  .object({
    groups: z.array(
      z.object({
        name: z.string(),
        rules: z.array(
          z.strictObject({
            alert: z.string(),
            expr: z.string(),
            for: z.string().optional(),
            labels: z.strictObject({ severity: z.enum(['info', 'warning', 'critical']) }),
            annotations: z.strictObject({ summary: z.string(), description: z.string() }),
          }),
        ),
      }),
    ),
  })
  .parse(read('../../charts/crossfade/alerts/rules.yaml'))
  .groups.flatMap(({ rules }) => rules)

const tested = z
  .object({
    tests: z.array(
      z.object({ alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })) }),
    ),
  })
  .parse(read('alerts.promtool.yaml'))
  .tests.flatMap(({ alert_rule_test: cases }) => cases)

const installing = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8')

for (const { alert, expr } of alerts) {
  test(`${alert} asks for metrics and labels that the controller has, and promtool sees it fire`, () => {
    expectKnownMetrics(expr)
    assert.ok(installing.includes(alert), `docs/install.md has no word on ${alert}`)
    const fires = tested.some(({ alertname, exp_alerts: expected }) => alertname === alert && expected.length > 0)
    assert.ok(fires, `add a case to test/chart/alerts.promtool.yaml in which ${alert} fires`)
  })
}
